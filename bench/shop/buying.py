"""A buyer of the shop who has goods in the basket and has said who buys: the list of methods is theirs to see."""

import re

import requests

TIMEOUT_SECONDS = 30
CONTACT = {
    "name": "Zoé Côté",
    "email": "zoe@example.com",
    "phone": "613 555-0177",
    "address_line_1": "9 Home Street",
    "city": "Ottawa",
    "province": "ON",
    "postal_code": "K1A 0B1",
}


def cookie_of_buyer(address: str) -> str:
    """Return the cookie of a new buyer at the shop's ``address``, host and port."""
    session = requests.Session()
    _send(session, f"http://{address}/product/wool-blanket/", {"quantity": "1"})
    _send(session, f"http://{address}/checkout/", CONTACT)
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)


def _send(session: requests.Session, url: str, form: dict[str, str]) -> None:
    page = session.get(url, timeout=TIMEOUT_SECONDS)
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[-1:])
    answer = session.post(url, {**form, "csrfmiddlewaretoken": token}, timeout=TIMEOUT_SECONDS)
    assert answer.ok, f"{url}: {answer.status_code}"
    assert answer.url != url, f"{url} refuses the form"
