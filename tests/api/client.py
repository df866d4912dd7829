"""A program that buys by the API: without cookies, in a language, with the cart of the example shop."""

import json
from typing import Any

from django.test import Client
from django.urls import reverse

CART = "wool-blanket=1"
ROOT = reverse("deliver_to_po_api:api-root")


class Program:
    """A client of the API; it keeps the secret of its choice."""

    def __init__(self, language: str = "en", cart: str = CART) -> None:
        self._language = language[:2]
        self._client = Client(headers={"accept-language": language, "cart": cart})
        self.choice_id = self.secret = ""

    def send(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Return the status and the values of an answer, which must be JSON and stored by nobody."""
        data = body if isinstance(body, bytes) else json.dumps(body)
        said = {"D2PO-Secret": self.secret, **{name.replace("_", "-"): value for name, value in headers.items()}}
        kind = said.pop("content-type", "application/json")
        answer = self._client.generic(method, f"{ROOT}{path}", data, content_type=kind, headers=said)
        assert (answer["Cache-Control"], answer["Content-Language"]) == ("no-store, private", self._language)
        assert "Accept-Language" in answer["Vary"]
        assert not answer.cookies
        wanted = "application/problem+json" if answer.status_code >= 400 else "application/json; charset=utf-8"
        assert answer["Content-Type"] == wanted
        assert ("Retry-After" in answer) == (answer.status_code in (429, 503) and answer.json()["code"] != "paused")
        return answer.status_code, answer.json()

    def choose(self, office_id: str, **more: str) -> Any:
        status, started = self.send("POST", "choices", {"office_id": office_id, **more})
        assert status == 201, started
        self.choice_id, self.secret = started["id"], started["client_secret"]
        return started

    def of_choice(self, method: str, path: str = "", body: object = None, **headers: str) -> tuple[int, Any]:
        return self.send(method, f"choices/{self.choice_id}{path}", body, **headers)
