"""What a clerk's browser does on the pages of parcels that are shipped by hand."""

from typing import Any

from django.test import Client

from tests.admin.browsing import desk


def shown(client: Client, address: str, language: str = "en") -> str:
    """Open a page and return it."""
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def pressed(client: Client, do: str, system: str = "desk", **data: Any) -> str:
    """Press a button of the page, and return the page that follows."""
    answer = client.post(desk("by_hand"), {"do": do, "system": system, **data}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()
