"""Canada Post as the shipping system, which also writes down every request that it is about to send."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import ClassVar

from deliver_to_po.shipping import Made, NotYet, Refused, ShipmentRequest, Unknown
from deliver_to_po.shipping.canadapost import CanadaPostShipping


class Recorded(CanadaPostShipping):
    """Adds a line to a file before each request, so that nobody can say one thing and then another under one id."""

    option_names: ClassVar[Mapping[str, str]] = {"SENT": "the file"}

    def create(self, request: ShipmentRequest) -> Made | NotYet | Refused | Unknown:
        """Write the request down, and send it."""
        line = json.dumps({"request_id": request.request_id, "body": json.dumps(asdict(request), default=str)}) + "\n"
        descriptor = os.open(self.options["SENT"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            # In one go: several processes write to the file.
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)
        return super().create(request)
