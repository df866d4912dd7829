"""The post office that a buyer took last time: by the shop's orders, or by a cookie that they have asked for."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from deliver_to_po.canadapost import lengths
from deliver_to_po.host import asking

COOKIE = "d2po_office"
SALT = "deliver_to_po.last_office"
KEPT_SECONDS = 365 * 24 * 60 * 60
# Names in the form: the box, and that it was shown.
REMEMBER, COULD_REMEMBER = "remember", "could_remember"


def last_office_id(request: HttpRequest) -> str:
    """Return the id of the buyer's last post office, ``""`` for none. Makes no call."""
    delivery = asking.last_delivery_of(request)
    return delivery.office_id if delivery else remembered(request)


def remembered(request: HttpRequest) -> str:
    """Return the id of the post office that this device remembers, ``""`` for none."""
    kept = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT_SECONDS)
    return kept if kept and kept.isdecimal() and len(kept) <= lengths.OFFICE_ID else ""


def may_remember(request: HttpRequest) -> bool:
    """Say whether to offer the box: a shop that knows the buyer's orders needs no cookie."""
    return asking.last_delivery_of(request) is None


def remember(request: HttpRequest, response: HttpResponse, office_id: str) -> HttpResponse:
    """Let the device keep the post office if the buyer has ticked the box, and forget the last one if they have not."""
    path = reverse("deliver_to_po:choose")
    if request.POST.get(REMEMBER):
        response.set_signed_cookie(
            COOKIE,
            office_id,
            salt=SALT,
            max_age=KEPT_SECONDS,
            path=path,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    elif request.POST.get(COULD_REMEMBER) and COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=path, samesite="Lax")
    return response
