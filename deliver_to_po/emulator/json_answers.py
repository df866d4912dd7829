"""Answers in the shapes that Canada Post's portal uses."""

import json
from collections.abc import Sequence
from decimal import Decimal

from werkzeug.wrappers import Response

from deliver_to_po.emulator.refusals import Problem

JSON = "application/json"


class JsonRefusals:
    """How the portal refuses a request."""

    media_type = JSON

    def refused(self, problems: Sequence[Problem], status: int) -> Response:
        errors = [{"errorCode": problem.code, "message": problem.message} for problem in problems]
        title = "Validation failed" if status == 400 else "Not accepted"
        return as_json({"title": title, "detail": "The request was not accepted.", "errors": errors}, status)

    def gateway(self, status: int, title: str, more: str) -> Response:
        """Answer as the gateway in front of the services does."""
        return as_json({"httpCode": str(status), "httpMessage": title, "moreInformation": more}, status)

    def slm(self) -> Response:
        """Answer that there were too many calls."""
        return as_json({"messages": {"message": {"code": "Server", "description": "Rejected by SLM Monitor"}}}, 500)


def as_json(data: object, status: int = 200) -> Response:
    """Return a JSON answer; accented letters are not escaped."""
    return Response(json.dumps(data, ensure_ascii=False, default=_number), status, content_type=JSON)


def _number(value: Decimal) -> float | int:
    """Return a decimal as JSON holds it: without decimals where it has none."""
    return int(value) if value == value.to_integral_value() else float(value)
