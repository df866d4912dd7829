"""How a request is read: at most as many bytes as a choice needs, JSON alone, and in the client's own language."""

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.utils.translation.trans_real import parse_accept_lang_header

from deliver_to_po.api.problems import NOT_JSON, TOO_LARGE, UNREADABLE, RequestRefused
from deliver_to_po.canadapost.types import Language
from deliver_to_po.core.language import language_of, shop_language

MOST_BYTES = 16 * 1024
WITH_BODY = ("POST", "PUT", "PATCH")


def read_body(request: HttpRequest) -> None:
    """Read a body that is short and announced as JSON; raises RequestRefused.

    A form of another site cannot be sent as JSON, whatever cookies a browser adds to it.
    """
    try:
        body = request.read(MOST_BYTES + 1)
    except UnreadablePostError:
        raise RequestRefused(UNREADABLE) from None
    if len(body) > MOST_BYTES:
        raise RequestRefused(TOO_LARGE)
    if body and request.content_type != "application/json":
        raise RequestRefused(NOT_JSON)
    # Where Django itself keeps what was read.
    request._body = body


def language_wanted(request: HttpRequest) -> Language:
    """Return the first language of Accept-Language that we have, else that of the shop's LANGUAGE_CODE."""
    for code, _preference in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code[:2] in ("en", "fr"):
            return language_of(code)
    return shop_language()
