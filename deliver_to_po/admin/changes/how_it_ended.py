"""What a clerk can say of a parcel that is in the post: how it ended, that it may go on, or that they were mistaken."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.changes.confirm_page import DeskChange, Told, said
from deliver_to_po.admin.permissions import SETTLE
from deliver_to_po.core.choices import Doubt, ParcelState
from deliver_to_po.core.choices.tracking import AT_AN_OFFICE, PARCEL_ENDS
from deliver_to_po.models import Shipment
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.notices.occasions import tell_after_all
from deliver_to_po.tracking.learning import end_as_told, is_a_persons_word, let_go_on, may_go_on, undo_end

IN_THE_POST = (ParcelState.IN_TRANSIT, *AT_AN_OFFICE, ParcelState.RETURNING, ParcelState.PERSON)
Make = Callable[[Shipment, Any, Mapping[str, Any]], Told | None]


def _is_in_the_post(shipment: Shipment) -> bool:
    tracking = tracking_of(shipment)
    if tracking is None or tracking.state in IN_THE_POST:
        return tracking is not None
    # What left the shop may be lost before anybody scans it.
    return tracking.state not in PARCEL_ENDS and shipment.transmitted_at is not None


def _may_go_on(shipment: Shipment) -> bool:
    tracking = tracking_of(shipment)
    return tracking is not None and may_go_on(tracking)


def _may_be_mistaken(shipment: Shipment) -> bool:
    tracking = tracking_of(shipment)
    # What was shipped again has another label by now.
    known = tracking is not None and shipment.open_parcel is not None and shipment.delivery.erased_at is None
    return known and is_a_persons_word(shipment.tracking)


def _go_on(shipment: Shipment, user: Any, values: Mapping[str, Any]) -> Told | None:
    if not let_go_on(shipment.tracking, user=user, note=values["note"]):
        return None
    if shipment.tracking.doubt:
        return said(messages.WARNING, str(Doubt(shipment.tracking.doubt).label))
    return said(messages.SUCCESS, _("The parcel is followed further."))


def _undo(shipment: Shipment, user: Any, values: Mapping[str, Any]) -> Told | None:
    with transaction.atomic():
        if not undo_end(shipment.tracking, user=user, note=values["note"]):
            return None
        tell_after_all(shipment)
    words = {"state": shipment.tracking.get_state_display()}
    return said(messages.SUCCESS, _("The parcel’s state is again what Canada Post says: %(state)s.") % words)


def _end(state: ParcelState) -> Make:
    def make(shipment: Shipment, user: Any, values: Mapping[str, Any]) -> Told | None:
        # The history says what was said, not only why.
        if not end_as_told(shipment.tracking, state, user=user, note=f"{state.label} – {values['note']}"):
            return None
        words = {"state": state.label}
        return said(messages.SUCCESS, _("Saved where the parcel is: %(state)s.") % words)

    return make


def _change(
    name: str, label: Promise, does: Promise, make: Make, applies: Callable[[Shipment], bool] = _is_in_the_post
) -> DeskChange[Shipment]:
    return DeskChange[Shipment](
        name=name,
        label=label,
        permission=SETTLE,
        does=does,
        refusal=gettext_lazy("What became of this parcel is settled already. Look at its state."),
        applies=applies,
        make=make,
    )


GO_ON = _change(
    "follow_on",
    gettext_lazy("Follow the parcel further"),
    gettext_lazy(
        "Say this once you have looked where the parcel is, and it goes to a post office after all. The alarm "
        "will be set aside, and the buyer will see again where the parcel is."
    ),
    _go_on,
    _may_go_on,
)
PICKED_UP = _change(
    "picked_up",
    gettext_lazy("It was picked up"),
    gettext_lazy("Say this if you know that the buyer has the parcel. Canada Post will no longer be asked about it."),
    _end(ParcelState.COLLECTED),
)
CAME_BACK = _change(
    "came_back",
    gettext_lazy("It came back"),
    gettext_lazy("Say this if the parcel is with you again. Canada Post will no longer be asked about it."),
    _end(ParcelState.RETURNED),
)
LOST = _change(
    "lost",
    gettext_lazy("It is lost"),
    gettext_lazy("Say this if nobody will find the parcel. Canada Post will no longer be asked about it."),
    _end(ParcelState.LOST),
)
MISTAKE = _change(
    "mistake",
    gettext_lazy("That was a mistake"),
    gettext_lazy(
        "Say this if the parcel was not picked up, back or lost after all, for example if you meant another parcel. It "
        "will be shown again where Canada Post last saw it, and followed. What was done since stays as it is."
    ),
    _undo,
    _may_be_mistaken,
)
PARCEL_CHANGES = (GO_ON, PICKED_UP, CAME_BACK, LOST, MISTAKE)
