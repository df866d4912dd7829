"""What a clerk's browser does on the pages of parcels that are shipped by hand."""

from typing import Any

from django.test import Client
from django.urls import reverse


def url(name: str = "by_hand", *args: Any) -> str:
    """Return the address of one of these pages."""
    return reverse(f"admin:deliver_to_po_{name}", args=args)


def shown(client: Client, address: str, language: str = "en") -> str:
    """Open a page and return it."""
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def pressed(client: Client, do: str, system: str = "desk", **data: Any) -> str:
    """Press a button of the page, and return the page that follows."""
    answer = client.post(url(), {"do": do, "system": system, **data}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()
