"""What a clerk may be allowed to do on the desk, beside looking."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

Page = TypeVar("Page", bound=Callable[..., Any])

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


def for_those_with(permission: str) -> Callable[[Page], Page]:
    """Return what lets only those open a page who hold ``permission``.

    Django's own decorator asks ``has_perms`` of the user, which its admin asks of no user model.
    """

    def let_in(page: Page) -> Page:
        @wraps(page)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return page(request, *args, **kwargs)

        return cast(Page, answer)

    return let_in
