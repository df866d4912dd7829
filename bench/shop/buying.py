"""A buyer of the shop who has goods in the basket and has said who buys: the list of methods is theirs to see.

They may go on to the step, and to the form that asks who picks up.
"""

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


METHOD = {"method": "post_office"}
OFFICE = re.compile(r'name="office_id" value="(\d+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def cookie_of_buyer(address: str) -> str:
    """Return the cookie of a new buyer at the shop's ``address``, host and port."""
    return _cookie(_buyer(address))


def step_of_buyer(address: str) -> tuple[str, dict[str, str]]:
    """Return the cookie of a buyer who wants a post office, and the URLs of ``step`` and ``recipient``."""
    session = _buyer(address)
    step = _send(session, f"http://{address}/checkout/delivery/", METHOD)
    office_id = OFFICE.findall(step.text)[0]
    recipient = _send(session, step.url, {"office_id": office_id, "change": "1"})
    return _cookie(session), {"step": step.url, "recipient": recipient.url}


def _buyer(address: str) -> requests.Session:
    session = requests.Session()
    _send(session, f"http://{address}/product/wool-blanket/", {"quantity": "1"})
    _send(session, f"http://{address}/checkout/", CONTACT)
    return session


def _cookie(session: requests.Session) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)


def _send(session: requests.Session, url: str, form: dict[str, str]) -> requests.Response:
    page = session.get(url, timeout=TIMEOUT_SECONDS)
    [token] = set(TOKEN.findall(page.text)[-1:])
    answer = session.post(url, {**form, "csrfmiddlewaretoken": token}, timeout=TIMEOUT_SECONDS)
    assert answer.ok, f"{url}: {answer.status_code}"
    assert answer.url != url, f"{url} refuses the form"
    return answer
