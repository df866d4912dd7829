"""What a buyer does after the order: they correct how Canada Post reaches who picks up, and ask for what staff decide.

BUYER_MAY says which of it the shop allows. Whoever calls has made sure that it is the buyer.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.views.decorators.debug import sensitive_variables

from deliver_to_po.core.choices import REQUESTS, Change, Reason
from deliver_to_po.core.choices.states import NOT_LIVE, STANDING_STILL
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import TooLateForBuyer
from deliver_to_po.handoff.changing.change import Changed, can_be_changed, corrected
from deliver_to_po.handoff.releasing.release import alone_with, can_be_held, hold_delivery
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.signals import buyer_asked, send_on_commit


def can_correct(delivery: Delivery) -> bool:
    """Say whether the buyer may correct phone and e-mail: nothing is being sent, and no label is made."""
    allowed = "CORRECT" in app_settings.buyer_may and bool(delivery.recipient_name) and can_be_changed(delivery)
    return allowed and not delivery.shipments.exclude(state__in=NOT_LIVE).exists()


@sensitive_variables()
def correct_contact(delivery: Delivery, *, email: str = "", phone: str = "") -> Changed:
    """Correct the recipient's e-mail, phone or both, and return the result; ``""`` stays as it is.

    Raises TooLateForBuyer, BreaksARule for what a label cannot hold, and MoveRefused.
    """
    with alone_with(delivery):
        if not can_correct(delivery):
            raise TooLateForBuyer
        known = delivery.recipient
        recipient = replace(known, email=email or known.email, phone=phone or known.phone)
        return corrected(delivery, recipient, cause=Reason.BY_BUYER)


def requests_open(delivery: Delivery) -> Sequence[Reason]:
    """Return what the buyer may ask for now: nothing while they wait for an answer, or once all of it has left.

    Nor of a choice that was erased before its order came: until it is made again, there is nothing to put on hold.
    """
    allowed = [request for key, request in REQUESTS.items() if key in app_settings.buyer_may]
    if not allowed or delivery.wished or delivery.erased_at is not None or not can_be_changed(delivery):
        return ()
    return allowed if delivery.state in STANDING_STILL or can_be_held(delivery) else ()


def ask(delivery: Delivery, request: Reason) -> None:
    """Keep what the buyer asks for, and let the delivery stand still until a clerk has decided. It cancels nothing.

    The shop is told by the signal ``buyer_asked``. Asking for the same again changes nothing. Raises TooLateForBuyer.
    """
    with alone_with(delivery):
        if delivery.wished == request:
            return
        if request not in requests_open(delivery):
            raise TooLateForBuyer
        move_delivery(delivery, Change.BUYER_ASKS, cause=request, wished=request)
        # What stands still already does so until staff let it go on, which is then the answer to this as well.
        hold_delivery(delivery, reason=request)
        send_on_commit(buyer_asked, Delivery, delivery_id=delivery.pk, order_pk=delivery.order_id, reason=str(request))
