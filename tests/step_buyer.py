"""Somebody who clicks through the pages of the step, in whichever shop."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from deliver_to_po.checkout.session import SESSION_KEY
from deliver_to_po.models import Delivery
from tests.factories import TYPED_RECIPIENT


class StepBuyer:
    """A browser without JavaScript, in a language."""

    def __init__(self, language: str = "en") -> None:
        self.client = Client(headers={"accept-language": language})

    def post(self, name: str, data: dict[str, Any], *args: object) -> Any:
        """Send a form and return the answer, redirects not followed."""
        return self.client.post(reverse(name, args=args), data)

    def choose_office(self, near: str = "H2X 1Y4", **more: str) -> str:
        """Search, choose the first post office listed that is not chosen yet, and return its id."""
        page = self.client.get(reverse("deliver_to_po:choose"), {"q": near}).content.decode()
        radios = re.findall(r'<input[^>]*name="office_id"[^>]*>', page)
        chosen: str = re.findall(r'value="(\d+)"', next(radio for radio in radios if "checked" not in radio))[0]
        self.post("deliver_to_po:choose", {"office_id": chosen, "q": near, **more})
        return chosen

    def name_recipient(self, **changes: str) -> Any:
        """Say who picks up: by default somebody else than the buyer."""
        return self.post("deliver_to_po:recipient", {**TYPED_RECIPIENT, **changes})

    def choose_and_name(self, *near: str, **more: str) -> str:
        """Choose a post office, say who picks up, and return the office's id."""
        office_id = self.choose_office(*near, **more)
        self.name_recipient()
        return office_id

    def choice(self) -> Delivery:
        return Delivery.objects.get(pk=self.client.session[SESSION_KEY][0])
