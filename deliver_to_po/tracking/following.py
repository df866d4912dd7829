"""Following a parcel: asking where it is when its row is due, and hearing of it from its shipping system.

While Canada Post wants a pause, nothing more is asked.
"""

from functools import partial

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import ParcelState, Reason, ShipmentState
from deliver_to_po.core.choices.states import EXISTING
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Shipment, Tracking
from deliver_to_po.models.moves import lock_deliveries
from deliver_to_po.outbox.claiming import after, nth_wait
from deliver_to_po.outbox.jobs import Job
from deliver_to_po.shipping import NotYet, ShippingSystem, Tracked
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.shipping.registry import usable_system
from deliver_to_po.tracking.back_off import BackOff
from deliver_to_po.tracking.learning import learn, warn_once
from deliver_to_po.tracking.schedule import AFTER_THE_END, SILENT, SOONEST, by_day

AT_A_TIME = 200
# The longer, the more often it got no answer: a parcel that never gets one must not keep the others waiting.
AGAIN_AFTER_SECONDS = (60.0, 300.0, 1800.0, 7200.0)
ODD_AGAIN_AFTER_SECONDS = 6 * 3600.0
# An answer that concerns this parcel only.
ABOUT_THE_PARCEL = (Reason.UNREADABLE, Reason.REFUSED, Reason.NOT_FOUND)


back_off = BackOff()


def followed(*states: ParcelState) -> QuerySet[Tracking]:
    """Return the parcels that are followed, in any state or in one of ``states``: those whose label still counts."""
    if back_off or not app_settings.tracking:
        return Tracking.objects.none()
    rows = Tracking.objects.filter(state__in=states) if states else Tracking.objects.all()
    return rows.filter(Exists(to_follow().filter(pk=OuterRef("shipment_id"))))


def to_follow() -> QuerySet[Shipment]:
    """Return what has a number and can be in the post; with LIVE off no real parcels, and no tests with it on.

    What Canada Post scans though its refund is asked for costs the shop the parcel: clerks are to know.
    """
    live, states = app_settings.canada_post.live, (*EXISTING, ShipmentState.REFUND_ASKED)
    rows = Shipment.objects.filter(state__in=states, delivery__live=live, delivery__erased_at=None)
    return rows.exclude(tracking_pin="")


def begin_to_follow() -> int:
    """Write the rows of parcels that nobody follows yet; return how many. What was made long ago is left alone."""
    if not app_settings.tracking:
        return 0
    new = to_follow().filter(tracking=None, made_at__gte=timezone.now() - SILENT)
    rows = [
        Tracking(shipment_id=pk, due_at=by_day(timezone.now())) for pk in new.values_list("pk", flat=True)[:AT_A_TIME]
    ]
    Tracking.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def end_what_is_silent() -> int:
    """Write down that nothing more is expected of parcels without news for 60 days; return how many."""
    if not app_settings.tracking:
        return 0
    now = timezone.now()
    silent = Tracking.objects.filter(ended_at=None, news_at__lt=now - SILENT)
    some = list(silent.values_list("pk", flat=True)[:AT_A_TIME])
    return silent.filter(pk__in=some).update(ended_at=now, due_at=None)


def follow(tracking: Tracking) -> bool:
    """Ask where a parcel under lease is; return False, since one question is all."""
    system = _tracker(tracking.shipment)
    answer = system.track(tracking.shipment.tracking_pin)
    if isinstance(answer, NotYet):
        _put_off(tracking, answer)
    else:
        learn(tracking, answer)
    return False


def _tracker(shipment: Shipment) -> ShippingSystem:
    """Return who can be asked: the shipping system, or Canada Post itself, which has the parcel."""
    system = usable_system(shipment.system)
    return system if system is not None and system.can_track else CanadaPostShipping("", {})


def _put_off(tracking: Tracking, answer: NotYet) -> None:
    seconds = max(answer.seconds or 0, nth_wait(AGAIN_AFTER_SECONDS, tracking.tries))
    if answer.reason in ABOUT_THE_PARCEL:
        seconds = ODD_AGAIN_AFTER_SECONDS
        if answer.reason == Reason.UNREADABLE:
            warn_once("the form of an answer")
    else:
        back_off.begin(answer.seconds or AGAIN_AFTER_SECONDS[0])
    rows = Tracking.objects.filter(pk=tracking.pk, lease=tracking.lease)
    rows.update(due_at=after(seconds), lease=None, tries=F("tries") + 1)


FOLLOWING = Job(
    name="tracking",
    rows=followed,
    step=follow,
    lease_seconds=lambda: app_settings.handoff.lease_seconds,
    wait_seconds=lambda: ODD_AGAIN_AFTER_SECONDS,
    first=tuple(partial(followed, state) for state in SOONEST),
    last=True,
    paused_seconds=back_off.seconds,
    longest=2 * AFTER_THE_END,
)


def hear(shipment_pk: int, told: Tracked) -> bool:
    """Keep what a system tells of a parcel by itself, and move it; say whether the shop follows that parcel.

    It follows none without a tracking number, voided or erased, and with TRACKING off none at all.
    """
    if not app_settings.tracking:
        return False
    with transaction.atomic():
        # The erasure of a delivery locks it too, so nothing is written into one that is erased meanwhile.
        lock_deliveries(Shipment.objects.filter(pk=shipment_pk).values_list("delivery_id", flat=True))
        shipment = to_follow().filter(pk=shipment_pk).first()
        if shipment is None:
            return False
        Tracking.objects.get_or_create(shipment=shipment)
        tracking = Tracking.objects.select_for_update().select_related("shipment__delivery").get(shipment=shipment)
        # A worker that asks for it just now finds its lease gone, and asks again later.
        tracking.lease = None
        learn(tracking, told)
    return True
