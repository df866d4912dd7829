"""Where a shipment's parcel is, each event of it once, the allowed moves between its states; how long parcels took."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliver_to_po import signals
from deliver_to_po.canadapost import lengths
from deliver_to_po.core.choices import Change, Doubt, Scan
from deliver_to_po.core.choices import ParcelState as P
from deliver_to_po.core.choices.states import EXISTING, OVER
from deliver_to_po.core.choices.tracking import PARCEL_ENDS
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models.due import Due
from deliver_to_po.models.history import History, as_note
from deliver_to_po.models.message import ParcelMessage
from deliver_to_po.models.shipment import Shipment

# A person must look where such a parcel is, however long nobody has: only they can say so.
ASTRAY = Q(state=P.PERSON, shipment__state__in=EXISTING, shipment__delivery__erased_at=None)
OFFICE_NAME_LENGTH = 100
TEXT_LENGTH = 200


class Tracking(Due):
    """Where one shipment's parcel is, by what was told of it. ``due_at`` is when it is asked for again.

    ``on`` and ``time`` are when it came to be so, local to where that was, and ``office_id`` is the post office that
    has it, ``""`` for the one that it was sent to. ``old_news`` says that it was so already when it was first asked
    for, of a parcel that was on its way by then: nobody is told of that. ``ended_at`` is since when nothing more is
    expected: how it ended is settled, or nobody has heard of it for long.
    """

    shipment = models.OneToOneField(
        Shipment, on_delete=models.CASCADE, related_name="tracking", verbose_name=_("shipment")
    )
    state = models.CharField(_("where it is"), max_length=20, choices=P.pairs, blank=True, default=P.NOT_SEEN)
    doubt = models.CharField(
        _("why a person must look"), max_length=20, choices=Doubt.pairs, blank=True, default=Doubt.NONE
    )
    on = models.DateField(_("since"), null=True, blank=True)
    time = models.CharField(_("local time"), max_length=8, blank=True)
    office_id = models.CharField(_("post office ID"), max_length=lengths.OFFICE_ID, blank=True)
    office_name = models.CharField(_("post office"), max_length=OFFICE_NAME_LENGTH, blank=True)
    ready_on = models.DateField(_("at the post office since"), null=True, blank=True)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    comes_back = models.BooleanField(_("has a return label"), default=False)
    old_news = models.BooleanField(_("was so before it was followed"), default=False)
    created_at = models.DateTimeField(_("date created"), auto_now_add=True)
    answered_at = models.DateTimeField(_("last answered"), null=True, blank=True)
    news_at = models.DateTimeField(_("last news"), default=timezone.now)
    ended_at = models.DateTimeField(_("over since"), null=True, blank=True)

    class Meta:
        verbose_name = _("tracking")
        verbose_name_plural = _("tracking")
        indexes = [
            models.Index(fields=["state", "due_at"], name="d2po_tracking_state_due"),
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="d2po_tracking_due"),
            models.Index(fields=["news_at"], condition=Q(ended_at=None), name="d2po_tracking_silent"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=P.values), name="d2po_tracking_state_known"),
            models.CheckConstraint(condition=Q(doubt__in=Doubt.values), name="d2po_tracking_doubt_known"),
            models.CheckConstraint(condition=Q(state="person") ^ Q(doubt=""), name="d2po_tracking_doubt_is_a_persons"),
        ]

    def __str__(self) -> str:
        return str(self.get_state_display())

    @property
    def held_until(self) -> date | None:
        """Return the last day on which the post office holds it, None if nobody can say."""
        days = app_settings.hold_days
        return None if days is None or self.ready_on is None else self.ready_on + timedelta(days=days)


class TrackingEvent(models.Model):
    """One event of a parcel, kept once; date and time are local to where it was. ``code`` is 0 for one without."""

    tracking = models.ForeignKey(Tracking, on_delete=models.CASCADE, related_name="events", verbose_name=_("tracking"))
    on = models.DateField(_("date"))
    time = models.CharField(_("local time"), max_length=8, blank=True)
    code = models.PositiveIntegerField(_("number"), default=0)
    scan = models.CharField(_("meaning"), max_length=20, choices=Scan.pairs)
    office_id = models.CharField(_("post office ID"), max_length=lengths.OFFICE_ID, blank=True)
    office_name = models.CharField(_("post office"), max_length=OFFICE_NAME_LENGTH, blank=True)
    text = models.CharField(_("what Canada Post said"), max_length=TEXT_LENGTH, blank=True)
    # A person has looked at it and let the parcel go on.
    accepted = models.BooleanField(_("looked at"), default=False)

    class Meta:
        verbose_name = _("event of a parcel")
        verbose_name_plural = _("events of parcels")
        ordering = ["-on", "-time", "-pk"]
        indexes = [models.Index(fields=["code"], condition=Q(scan="unknown"), name="d2po_tracking_event_unknown")]
        constraints = [
            models.UniqueConstraint(
                fields=["tracking", "code", "on", "time", "scan", "office_id"], name="d2po_tracking_event_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.text or self.get_scan_display())


def tracking_of(shipment: Shipment) -> Tracking | None:
    """Return what is known of where a shipment's parcel is, None while nobody follows it: without a number none can."""
    return getattr(shipment, "tracking", None) if shipment.tracking_pin else None


# To where, from where. An end leads to a person only, and what is with a person to wherever it is found to be. Whoever
# was mistaken about an end may undo it: to wherever Canada Post's events say.
PARCEL_MOVES: Mapping[P, tuple[P, ...]] = {
    P.NOT_SEEN: (P.PERSON,),
    P.ANNOUNCED: (P.NOT_SEEN, P.PERSON),
    P.IN_TRANSIT: (P.NOT_SEEN, P.ANNOUNCED, P.PERSON),
    P.READY: (P.NOT_SEEN, P.ANNOUNCED, P.IN_TRANSIT, P.ELSEWHERE, P.PERSON),
    P.ELSEWHERE: (P.NOT_SEEN, P.ANNOUNCED, P.IN_TRANSIT, P.READY, P.PERSON),
    P.RETURNING: (P.NOT_SEEN, P.ANNOUNCED, P.IN_TRANSIT, P.READY, P.ELSEWHERE, P.PERSON),
    P.COLLECTED: (P.NOT_SEEN, P.ANNOUNCED, P.IN_TRANSIT, P.READY, P.ELSEWHERE, P.RETURNING, P.PERSON),
    P.RETURNED: (P.NOT_SEEN, P.ANNOUNCED, P.IN_TRANSIT, P.READY, P.ELSEWHERE, P.RETURNING, P.PERSON),
    P.LOST: (P.NOT_SEEN, P.ANNOUNCED, P.IN_TRANSIT, P.READY, P.ELSEWHERE, P.RETURNING, P.PERSON),
    P.PERSON: tuple(state for state in P if state != P.PERSON),
}


def move_parcel(
    tracking: Tracking,
    state: P,
    *,
    lease: UUID | None = None,
    user: Any = None,
    note: str | None = None,
    change: Change = Change.SETTLE_PARCEL,
    **fields: Any,
) -> bool:
    """Move a parcel to ``state``, also to where it is, and set ``fields``; say whether the row allowed it.

    A worker gives its ``lease``, which ends; without one a person does it, with a ``note`` for the history.
    """
    sources = PARCEL_ENDS if change == Change.UNSETTLE_PARCEL else (state, *PARCEL_MOVES[state])
    now, moved = timezone.now(), state != tracking.state
    values = {"state": state, "lease": None, **fields}
    if moved:
        values |= {"news_at": now, "ended_at": now if state in PARCEL_ENDS else None}
    rows = Tracking.objects.filter(pk=tracking.pk, state__in=sources)
    with transaction.atomic():
        if not rows.filter(**({} if lease is None else {"lease": lease})).update(**values):
            return False
        shipment = tracking.shipment
        if note is not None:
            History.objects.create(
                delivery_id=shipment.delivery_id,
                shipment=shipment,
                user=user,
                change=change,
                note=as_note(note),
            )
        tracking.refresh_from_db()
        # Only clerks are told of one whose refund is asked for.
        if moved and not tracking.old_news and shipment.state not in OVER:
            _write_to_other_system(tracking)
            signals.send_on_commit(
                signals.parcel_moved,
                Shipment,
                delivery_id=shipment.delivery_id,
                order_pk=shipment.delivery.order_id,
                reason=str(tracking.doubt),
                shipment_pk=shipment.pk,
                tracking_number=shipment.tracking_pin,
                state=str(tracking.state),
            )
    return True


def _write_to_other_system(tracking: Tracking) -> None:
    """Write what another system of the shop is told of a parcel that moved, if it wants to know."""
    if not app_settings.parcel_webhook["URL"]:
        return
    shipment = tracking.shipment
    data = {
        "delivery_id": str(shipment.delivery_id),
        "reference": shipment.delivery.reference,
        "live": shipment.delivery.live,
        "parcel": shipment.parcel,
        "tracking_number": shipment.tracking_pin,
        "state": tracking.state or "not_seen",
        "reason": tracking.doubt,
        "on": tracking.on and tracking.on.isoformat(),
        "time": tracking.time,
        "post_office_id": tracking.office_id or shipment.office_id,
        "told_at": timezone.now().isoformat(),
    }
    ParcelMessage.objects.create(shipment=shipment, data=data, due_at=timezone.now())


def over_since(moment: datetime) -> Q:
    """Return the condition that a delivery was over at ``moment``: cancelled, and each of its parcels ended.

    A delivery whose parcels nobody follows is over when it is placed.
    """
    later = Q(ended_at__gt=moment)
    if app_settings.tracking:
        later |= Q(ended_at=None)
    parcels = Tracking.objects.filter(later, shipment__delivery=OuterRef("pk")).exclude(shipment__state__in=OVER)
    cancelled = History.objects.filter(delivery=OuterRef("pk"), change=Change.CANCEL, at__gt=moment)
    return Q(placed_at__lte=moment) & ~Q(Exists(parcels)) & ~Q(Exists(cancelled))


class DaysTaken(models.Model):
    """How many parcels of one service, from one province to another, were ready after so many working days.

    ``live`` tells real parcels from tests. All rows are rewritten from the parcels themselves, now and then.
    """

    live = models.BooleanField(_("real, not a test"), default=False)
    service = models.CharField(_("service"), max_length=32)
    origin = models.CharField(_("from province"), max_length=2)
    destination = models.CharField(_("to province"), max_length=2)
    days = models.PositiveSmallIntegerField(_("working days"))
    parcels = models.PositiveIntegerField(_("parcels"))

    class Meta:
        verbose_name = _("days that parcels took")
        verbose_name_plural = _("days that parcels took")
        constraints = [
            models.UniqueConstraint(
                fields=["live", "service", "origin", "destination", "days"], name="d2po_days_taken_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.origin}–{self.destination}: {self.days}"
