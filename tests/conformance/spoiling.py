"""Spoils answers: bodies, statuses and headers, always the same way from the same random numbers."""

import copy
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import requests
import urllib3
from lxml import etree

# In every body and header that may be spoilt: no error and no log repeats it.
CANARY = "Canary"
STATUSES = (200, 200, 200, 201, 202, 204, 206, 302, 400, 401, 403, 404, 406, 408, 409, 412, 429, 500, 502, 503, 504)
ODD_TEXTS = (
    *("", " ", CANARY, f"{CANARY} Serin, 77 {CANARY} Lane", CANARY * 2000, "0", "-1", "1e400", "NaN", "true"),
    *("2026-11-26", "2026-13-45", "25:00", "9" * 500, "../..", f"https://{CANARY}.test/x", "\u2028\u0660\uffff"),
    *("7314", "004"),
)
ODD_VALUES: tuple[Any, ...] = (
    *ODD_TEXTS,
    *(None, True, -1, 0, 10**400, 1.5, float("nan"), float("inf"), "\x00", "\ud800"),
    *([], {}, [[]], {CANARY: CANARY}, [None]),
)
PAGES = (
    b"",
    b" \n",
    b"null",
    b"[]",
    b"{}",
    b'"Canary"',
    b"[" * 100_000 + b"]" * 100_000,
    b"<a>" * 400 + b"</a>" * 400,
    b"<!DOCTYPE html><html><body>Canary is in maintenance</body></html>",
    b"<html>Canary",
    b'<!DOCTYPE a [<!ENTITY b "Canary">]><a>&b;</a>',
    b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9Canary</a>',
    b"%PDF-1.7 Canary",
    b"%PDF-1.7 Canary %%EOF",
    b"\xff\xfe\x00Canary",
    b"Failed to establish a backside connection to Canary",
    b'{"errors": [{"errorCode": "Canary", "message": "Canary"}]}',
    b'{"errors": {"errorCode": ["Canary"], "message": {"Canary": 1}}}',
    b'{"errors": [{"errorCode": "7314", "message": "Canary exists"}]}',
    b'{"errors": [{"errorCode": 9105, "message": "Canary is missing"}]}',
    b'{"httpCode": "404", "httpMessage": "Canary", "moreInformation": "Canary"}',
    b'[{"httpCode": 500, "moreInformation": ["Canary"]}, "Canary", null]',
    b'{"messages": {"message": {"code": "Server", "description": "Rejected by SLM Monitor, Canary"}}}',
    b'{"error": "Canary", "error_description": "Canary"}',
    b'<messages xmlns="http://www.canadapost.ca/ws/messages"/>',
    b"<messages><message><code>Canary</code><description>Canary</description></message></messages>",
    b"<messages><message><code>AA003</code><description>Canary</description></message></messages>",
    b"<messages><message><code>9105</code><description>Canary</description></message></messages>",
    b"<messages><message><code>Server</code><description>cvc-Canary</description></message></messages>",
    b"<messages><message/><message><code><Canary/></code></message></messages>",
)
ODD_HEADERS: tuple[dict[str, str], ...] = (
    *({"Content-Type": ""}, {"Content-Type": "text/html"}, {"Content-Type": f"{CANARY}; {CANARY}"}),
    *({"Content-Encoding": "gzip"}, {"Content-Encoding": "br"}, {"Content-Encoding": f" {CANARY} "}),
    *({"Content-Length": "7"}, {"Content-Length": CANARY}, {"Retry-After": "1"}, {"Retry-After": "0"}),
    *({"Retry-After": "9" * 400}, {"Retry-After": CANARY}, {"Retry-After": "Wed, 99 Nov 99999 25:61:61 GMT"}),
    *({"Retry-After": "Thu, 26 Nov 2026 10:00:00 +9999"}, {"Location": ""}, {"Location": "?again"}),
    *({"Location": f"https://{CANARY}.test/{CANARY}"}, {"Location": f"http://{CANARY}.test/"}),
    *({"Location": "https://[" + CANARY}, {"Location": f"//{CANARY}:99999/"}, {"Location": "\xe9\xff" + CANARY}),
    *({"Location": "/" + "x" * 9000}, {"Date": CANARY}, {"Set-Cookie": f"{CANARY}={CANARY}"}),
)
TROUBLES: tuple[Callable[[], Exception], ...] = (
    lambda: requests.ConnectionError(CANARY),
    lambda: requests.ConnectTimeout(CANARY),
    lambda: requests.ReadTimeout(CANARY),
    lambda: requests.exceptions.ChunkedEncodingError(CANARY),
    lambda: requests.exceptions.InvalidURL(CANARY),
    lambda: urllib3.exceptions.ProtocolError(CANARY),
    lambda: urllib3.exceptions.LocationParseError(CANARY),
    lambda: ConnectionResetError(CANARY),
    lambda: UnicodeEncodeError("latin-1", CANARY, 0, 1, CANARY),
)


@dataclass(frozen=True)
class Reply:
    """What a call is answered with; ``trouble`` in place of an answer."""

    body: bytes
    status: int = 200
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    trouble: Exception | None = None


def spoil(reply: Reply, random: Random) -> Reply:
    """Return ``reply`` with one to three things wrong with it."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        reply = random.choices((_body, _structure, _status, _headers, _trouble), (3, 8, 3, 2, 1))[0](reply, random)
    return reply


def _status(reply: Reply, random: Random) -> Reply:
    body = random.choice((reply.body, random.choice(PAGES)))
    return replace(reply, status=random.choice(STATUSES), body=body)


def _headers(reply: Reply, random: Random) -> Reply:
    odd = random.choice(ODD_HEADERS)
    status = random.choice((301, 302, 303, 307, 308)) if "Location" in odd else reply.status
    body = gzip.compress(reply.body) if random.random() < 0.2 else reply.body
    return replace(reply, status=status, body=body, headers=(*reply.headers, *odd.items()))


def _trouble(reply: Reply, random: Random) -> Reply:
    return replace(reply, trouble=random.choice(TROUBLES)())


def _body(reply: Reply, random: Random) -> Reply:
    """Change bytes without regard to what they mean."""
    body, place = reply.body, random.randrange(len(reply.body) + 1)
    further = min(place + random.randrange(1, 30), len(body))
    some = random.randbytes(random.randrange(1, 9))
    changed = (
        body[:place],
        body[place:],
        body[:place] + some + body[place:],
        body[:place] + body[further:],
        body[:place] + some + body[further:],
        body[:place] + b"\x00" + body[further:],
        body + body,
        b"\xef\xbb\xbf" + body,
        body.replace(b"0", b"Canary"),
        body.decode(errors="replace").encode("utf-16"),
        random.choice(PAGES),
        body + b" " * (9 * 1024 * 1024) if random.random() < 0.05 else body[:place],
    )
    return replace(reply, body=random.choice(changed))


def _structure(reply: Reply, random: Random) -> Reply:
    """Change what the body says, so that it stays JSON or XML."""
    try:
        if reply.body.lstrip()[:1] == b"<":
            return replace(reply, body=_spoilt_xml(etree.fromstring(reply.body), random))
        return replace(reply, body=json.dumps(_spoilt_json(json.loads(reply.body), random)).encode())
    except (ValueError, etree.XMLSyntaxError, RecursionError):
        return _body(reply, random)


Place = tuple[Any, Any]


def _places(value: Any) -> Iterator[Place]:
    """Yield every container with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _spoilt_json(value: Any, random: Random) -> Any:
    whole = [copy.deepcopy(value)]
    for _ in range(random.choice((1, 1, 2, 4))):
        container, key = random.choice(list(_places(whole)))
        inner = container[key]
        change = random.randrange(6)
        if change == 0 and isinstance(container, dict):
            del container[key]
        elif change == 1:
            container[key] = random.choice(([inner], {CANARY: inner}, [inner, inner], {"message": inner}))
        elif change == 2 and isinstance(container, list) and container is not whole:
            container.append(copy.deepcopy(inner))
        elif change == 3 and isinstance(container, dict):
            container[random.choice((CANARY, str(key).upper(), "error", "errors", "links"))] = container.pop(key)
        elif change == 4 and isinstance(inner, list):
            inner.insert(0, random.choice(ODD_VALUES))
        else:
            container[key] = random.choice(ODD_VALUES)
    return whole[0]


def _spoilt_xml(root: etree._Element, random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 2, 4))):
        element = random.choice(list(root.iter("*")))
        parent, name = element.getparent(), etree.QName(element).localname
        change = random.randrange(8)
        if change == 0 and parent is not None:
            parent.remove(element)
        elif change == 1 and parent is not None:
            parent.append(copy.deepcopy(element))
        elif change == 2:
            element.tag = random.choice(
                (f"{{urn:{CANARY}}}{name}", name, CANARY, f"{{{etree.QName(element).namespace}}}x")
            )
        elif change == 3:
            element.attrib.clear()
        elif change == 4 and element.attrib:
            element.set(random.choice(list(element.attrib)), _xml_text(random))
        elif change == 5:
            element[:] = list(reversed(element))
        elif change == 6:
            etree.SubElement(element, random.choice((CANARY, "error", "link", "time"))).text = _xml_text(random)
        else:
            element.text = _xml_text(random)
    return etree.tostring(root)


def _xml_text(random: Random) -> str:
    return "".join(char for char in random.choice(ODD_TEXTS) if char not in "\x00\uffff")
