"""What a clerk may be allowed to do on the desk, beside looking."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

More = ParamSpec("More")
Answer = TypeVar("Answer")
Page: TypeAlias = Callable[Concatenate[HttpRequest, AdminSite, More], Answer]

VIEW_DELIVERY = "deliver_to_po.view_delivery"
HAND_OFF = "deliver_to_po.hand_off_delivery"
CHOOSE = "deliver_to_po.choose_office"
HOLD = "deliver_to_po.hold_delivery"
CANCEL = "deliver_to_po.cancel_delivery"
CORRECT_RECIPIENT = "deliver_to_po.correct_recipient"
CHANGE_PARCELS = "deliver_to_po.change_parcels"
MAKE_AGAIN = "deliver_to_po.make_again"
SETTLE = "deliver_to_po.settle_shipment"
VIEW_LABEL = "deliver_to_po.view_label"
PRINT = "deliver_to_po.print_labels"
SHIP_BY_HAND = "deliver_to_po.ship_by_hand"
TRANSMIT = "deliver_to_po.transmit_manifest"
ERASE = "deliver_to_po.erase_delivery"
ANSWER_PRIVACY_REQUESTS = "deliver_to_po.answer_privacy_requests"
DELETE = "deliver_to_po.delete_delivery"


def holds(permission: str) -> Callable[[Any, HttpRequest], bool]:
    """Return the method ``has_…_permission`` of an admin whose actions ask for a permission."""
    return lambda admin, request: request.user.has_perm(permission)


def for_those(may: Callable[[HttpRequest, AdminSite], bool]) -> Callable[[Page[More, Answer]], Callable[..., Answer]]:
    """Return what lets only those open a page of whom ``may`` is true."""

    def let_in(page: Page[More, Answer]) -> Callable[..., Answer]:
        @wraps(page)
        def answer(request: HttpRequest, site: AdminSite, *args: More.args, **kwargs: More.kwargs) -> Answer:
            if not may(request, site):
                raise PermissionDenied
            return page(request, site, *args, **kwargs)

        return answer

    return let_in


def for_those_with(permission: str) -> Callable[[Page[More, Answer]], Callable[..., Answer]]:
    """Return what lets only those open a page who hold ``permission``.

    Django's own decorator asks ``has_perms`` of the user, which its admin asks of no user model.
    """
    return for_those(lambda request, _site: request.user.has_perm(permission))
