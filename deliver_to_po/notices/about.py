"""Which deliveries a notice is about: those that need a choice, and those with a parcel that is somewhere.

Each is returned with its ``occasion``, the key of the row that a notice is about: a line of history, a shipment, or an
event of a parcel. People are told once of one occasion. With ``lately`` only what has news is returned: nobody is told
what was so long before a switch was turned on or tracking began.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from deliver_to_po.core.choices import (
    Change,
    DeliveryState,
    NoticeKind,
    NoticeOutcome,
    NoticeProblem,
    ParcelState,
    Reason,
    Scan,
)
from deliver_to_po.core.choices.states import EXISTING, WITHOUT_OFFICE
from deliver_to_po.core.choices.tracking import AT_AN_OFFICE
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Delivery, History, Notice, Shipment, TrackingEvent

# What a delivery's history says when it comes to need a choice.
NEEDS_A_CHOICE = (Change.NEED_CHOICE, Change.PLACE_UNCHOSEN, Change.ADD_UNCHOSEN)
# What happened longer ago is old.
LATELY = timedelta(days=3)
PARCEL = "shipments__tracking__"
# The kinds whose occasion is the event that the parcel came to a post office, and what such an event says.
BY_EVENT = (NoticeKind.READY, NoticeKind.ELSEWHERE)
# The kinds whose occasion is the parcel, for as long as it is in that state.
BY_SHIPMENT = (NoticeKind.FIFTH_DAY, NoticeKind.LAST_DAYS, NoticeKind.RETURNING)
# These e-mails have reached people; the last of them may have.
TOLD = Q(outcome__in=(NoticeOutcome.SENT, NoticeOutcome.LEFT_TO_SHOP)) | Q(problem=NoticeProblem.INTERRUPTED)
CAME = Q(scan__in=(Scan.READY, Scan.REMINDED))


# We write to nobody who wished to be forgotten. If the choice was erased before its order came, it is a new one.
KNOWN = Q(erased_at=None) | Q(reason=Reason.CHOICE_ERASED)
# What goes on by itself when the pause ends is nobody's to settle.
GOES_ON = Q(reason=Reason.PAUSED, wished="")


def written_about() -> QuerySet[Delivery]:
    """Return the deliveries that we may write about: with LIVE off, such as in a copy of the shop, no real one."""
    return Delivery.objects.all() if app_settings.canada_post.live else Delivery.objects.filter(live=False)


def needing_choice(*, lately: bool = False) -> QuerySet[Any]:
    """Return the deliveries that need a choice, of whichever day."""
    latest = History.objects.filter(delivery=OuterRef("pk"), change__in=NEEDS_A_CHOICE).order_by("-pk")
    waiting = written_about().filter(KNOWN, state=DeliveryState.NEEDS_CHOICE, stop_asked_at=None)
    return waiting.annotate(occasion=Subquery(latest.values("pk")[:1])).filter(occasion__isnull=False)


def with_label(*, lately: bool = False) -> QuerySet[Any]:
    """Return the deliveries with a parcel that has its tracking number; the parcel is the occasion."""
    found: dict[str, Any] = {"shipments__state__in": EXISTING, "shipments__tracking_pin__gt": ""}
    if lately:
        found["shipments__made_at__gte"] = timezone.now() - LATELY
    return _stands().exclude(state__in=WITHOUT_OFFICE).filter(**found).annotate(occasion=F("shipments__pk"))


def with_parcel(states: Collection[str], *, lately: bool = False) -> QuerySet[Any]:
    """Return the deliveries with a parcel in one of these states, not if that was so beforehand; it is the occasion."""
    found: dict[str, Any] = {"state__in": states, "old_news": False}
    if lately:
        # Nobody is told of what has ended. That is said here so that an index has few rows.
        found |= {"news_at__gte": timezone.now() - LATELY, "ended_at": None}
    # In one call: a second one would mean any other parcel of the delivery.
    parcel = {f"{PARCEL}{name}": value for name, value in found.items()}
    rows = _stands().filter(shipments__state__in=EXISTING, **parcel).annotate(occasion=F("shipments__pk"))
    return rows if app_settings.tracking else rows.none()


def soon_returned(*, lately: bool = False) -> QuerySet[Any]:
    """Return the deliveries with a parcel that is ready, wherever; while nobody knows how long, what has news only."""
    rows = with_parcel(AT_AN_OFFICE, lately=lately)
    return rows if lately or app_settings.hold_days is not None else rows.none()


def elsewhere(*, lately: bool = False) -> QuerySet[Any]:
    """Return the deliveries with a parcel at another post office, or at the chosen one after all, once that was told.

    Where the shop wants it told that a parcel is ready, that says the latter.
    """
    if "READY" in app_settings.tell:
        return at_an_office(ParcelState.ELSEWHERE, lately=lately)
    told = Notice.objects.filter(TOLD, kind=NoticeKind.ELSEWHERE).values("occasion")
    misled = TrackingEvent.objects.filter(tracking__shipment=OuterRef("shipments__pk"), pk__in=told)
    rows: QuerySet[Any] = at_an_office(*AT_AN_OFFICE, lately=lately)
    rows = rows.annotate(misled=Exists(misled), at=F(f"{PARCEL}state"))
    return rows.filter(Q(misled=True) | Q(at=ParcelState.ELSEWHERE))


def at_an_office(*states: ParcelState, lately: bool = False) -> QuerySet[Any]:
    """Return the deliveries with a parcel in such a state; the event that it came to a post office is the occasion."""
    came = TrackingEvent.objects.filter(
        CAME,
        tracking__shipment=OuterRef("shipments__pk"),
        on=OuterRef(f"{PARCEL}on"),
        time=OuterRef(f"{PARCEL}time"),
    )
    event = Subquery(came.order_by("pk").values("pk")[:1])
    rows: QuerySet[Any] = with_parcel(states, lately=lately).annotate(occasion=event)
    return rows.filter(occasion__isnull=False)


def shipment_of(notice: Notice) -> Shipment:
    return Shipment.objects.select_related("tracking", "delivery").get(**_by_occasion(notice))


def may_come_to_be_so(notice: Notice) -> bool:
    """Say whether a person must look first where a parcel is, or nobody knows just now how long it is held."""
    unknown = notice.kind == NoticeKind.LAST_DAYS and app_settings.hold_days is None
    states = AT_AN_OFFICE if unknown else ()
    waits = {"tracking__state__in": (ParcelState.PERSON, *states), "tracking__ended_at": None}
    return Shipment.objects.filter(**_by_occasion(notice), **waits).exists()


def about_parcel(shipment: Shipment) -> QuerySet[Notice]:
    """Return the notices that are about a shipment's parcel."""
    events = TrackingEvent.objects.filter(tracking__shipment=shipment).values("pk")
    itself = Q(kind__in=BY_SHIPMENT, occasion=shipment.pk)
    rows = Notice.objects.filter(delivery=shipment.delivery_id)
    return rows.filter(itself | Q(kind__in=BY_EVENT, occasion__in=events))


def _by_occasion(notice: Notice) -> dict[str, Any]:
    return {"tracking__events" if notice.kind in BY_EVENT else "pk": notice.occasion}


def _stands() -> QuerySet[Delivery]:
    return written_about().filter(erased_at=None).exclude(state=DeliveryState.CANCELLED)
