"""What people do to deliveries at random moments.

A change gets a delivery of which every parcel is to ship, wherever it stands just then, and says what is to become of
it now. Whatever else can be done to a delivery is added to CHANGES, here and nowhere else.
"""

from collections.abc import Callable, Sequence

from deliver_to_po.handoff.again import hand_off_again
from deliver_to_po.handoff.labels_again import fetch_label_again, labels_to_fetch_again
from deliver_to_po.handoff.release import hold, release, resume
from deliver_to_po.models import Delivery
from tests.crash.orders import Fate, Wanted

AGAIN_SECONDS = 5.0


def put_on_hold(wanted: Wanted) -> None:
    """Put it on hold; somebody lets it go on in the end."""
    hold(wanted.delivery.order, "to be looked at")


def put_on_hold_for_good(wanted: Wanted) -> None:
    """Put it on hold; nobody lets it go on."""
    if hold(wanted.delivery.order, "not to be sent"):
        wanted.fate = Fate.AS_FAR_AS_IT_WAS


def let_go_on(wanted: Wanted) -> None:
    """Resume it, if it is on hold."""
    resume(wanted.delivery.order)


def release_again(wanted: Wanted) -> None:
    """Release it once more, as a shop does whose payment service calls twice."""
    release(wanted.delivery.order)


def press_hand_off_now(wanted: Wanted) -> None:
    """Do what the clerk's button does."""
    hand_off_again(Delivery.objects.filter(pk=wanted.delivery_id), user=None, seconds=AGAIN_SECONDS)


def want_the_labels_again(wanted: Wanted) -> None:
    """Have every label of it fetched again that is there."""
    for shipment in labels_to_fetch_again(wanted.delivery):
        fetch_label_again(shipment)


Change = Callable[[Wanted], None]
CHANGES: Sequence[tuple[Change, int]] = (
    (put_on_hold, 3),
    (put_on_hold_for_good, 1),
    (let_go_on, 4),
    (release_again, 2),
    (press_hand_off_now, 4),
    (want_the_labels_again, 4),
)
