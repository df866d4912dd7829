"""Shipping an order again whose parcels came back or are lost, as a delivery that replaces the former one."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from deliver_to_po.core.choices import Change, OfficeCheck, Reason
from deliver_to_po.core.choices.states import OVER
from deliver_to_po.core.choices.tracking import NOT_WITH_BUYER
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.releasing.release import alone_with, current_delivery, release_delivery
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import movable, move_delivery
from deliver_to_po.models.placing import draft_from, place_draft
from deliver_to_po.models.tracking import tracking_of

# Something of it was in the post and came back or is lost; that nothing else is, the move itself asks.
CAME_BACK = Q(
    Exists(
        Shipment.objects.filter(delivery=OuterRef("pk"), tracking__state__in=NOT_WITH_BUYER).exclude(state__in=OVER)
    ),
    current_order__isnull=False,
    erased_at=None,
)


def ship_again(order: Any, *, user: Any = None, note: str = "") -> Delivery:
    """Ship ``order`` again whose parcels all came back or are lost, and return its new delivery.

    It goes to the same recipient and post office, which is asked about before the label; choose another one for it as
    for any delivery. The former one is cancelled and replaced, of which the shop is not told. It is released at once,
    but with RELEASE ``"by_merchant"``, where it waits to be packed. ``note`` is kept in the history and must hold
    nothing personal. Raises MoveRefused when no parcel came back, another is still on its way or was picked up, or the
    recipient is erased; and ValueError for an order that is not saved.
    """
    delivery = current_delivery(order)
    if delivery is None:
        raise MoveRefused
    with alone_with(delivery):
        kept: dict[str, Any] = {name: getattr(delivery, name) for name in ("live", "language", "reference", "service")}
        if not move_delivery(delivery, Change.CANCEL, only_if=CAME_BACK, reason=Reason.REPLACED, user=user, note=note):
            raise MoveRefused
        draft = draft_from(delivery, app_settings.draft_lifetime)
        kept |= {"office_check": OfficeCheck.NOT_ASKED, "reason": Reason.OFFICE_NOT_CHECKED}
        place_draft(draft, Change.PLACE, order, **kept)
        if app_settings.release != "by_merchant":
            release_delivery(draft, user=user)
    return draft


def came_back(shipment: Shipment) -> bool:
    """Say whether a shipment's parcel is with the shop again, or with nobody."""
    tracking = tracking_of(shipment)
    return tracking is not None and tracking.state in NOT_WITH_BUYER


def can_be_shipped_again(delivery: Delivery) -> bool:
    """Say whether ``ship_again`` would do anything."""
    return movable(Change.CANCEL).filter(CAME_BACK, pk=delivery.pk).exists()
