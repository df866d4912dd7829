"""The desk's queues: what waits for a clerk or for the shipping system, how much of it, and what empties each.

Only the newest revision of a parcel counts.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import IntegerField, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices import REQUESTS, DeliveryState, ManifestState, ParcelState, Reason, ShipmentState
from deliver_to_po.core.choices.states import ACTIVE, EXISTING, READY, STANDING_STILL, UNDER_WAY
from deliver_to_po.core.choices.tracking import AT_AN_OFFICE, NOT_WITH_BUYER, SCANNED
from deliver_to_po.core.conf import BY_CARD, app_settings
from deliver_to_po.core.shop_time import begin_of, shop_day
from deliver_to_po.handoff.day_end.transmitting import ready_to_transmit
from deliver_to_po.handoff.printing.label_state import to_print
from deliver_to_po.models import Delivery, Manifest, Shipment, Tracking
from deliver_to_po.models.moves import needing_a_person, of_sendable
from deliver_to_po.models.shipment import mailed_before
from deliver_to_po.models.tracking import ASTRAY as ASTRAY_PARCEL
from deliver_to_po.notices.about import KNOWN
from deliver_to_po.offer.days import working_days_ago
from deliver_to_po.shipping.registry import systems_by_hand, usable_system

# More rows of a list are not counted: nobody pages through them.
MOST = 1_000


class Part(StrEnum):
    """The parts of the column of queues, in its order."""

    TO_DO = "to_do"
    IN_THE_SHOP = "in_the_shop"
    IN_THE_POST = "in_the_post"


PARTS: Mapping[Part, Promise] = {
    Part.TO_DO: _("To do, in this order"),
    Part.IN_THE_SHOP: _("Waiting in the shop"),
    Part.IN_THE_POST: _("With Canada Post"),
}


class Queue(NamedTuple):
    """Deliveries that wait for the same thing; ``title`` is also the word of a row that waits there.

    ``does`` says what a clerk does with them, ``rows`` which they are. ``action`` is the list's action that empties it,
    ``button`` what is pressed for that; ``page`` is the one of ``buttons.PAGES`` where that is done instead. Without
    either each row says what to do. ``packed`` says that its orders are what somebody packs now, for which there are
    papers.
    """

    name: str
    title: Promise
    does: Promise
    rows: Callable[[], QuerySet[Delivery]]
    part: Part = Part.IN_THE_POST
    action: str = ""
    button: Promise | str = ""
    page: str = ""
    packed: bool = False


def under_way() -> QuerySet[Shipment]:
    """Return the shipments that wait for the shipping system: to be sent, answered, labelled, voided or refunded."""
    return _unfinished().exclude(_by_hand())


def to_label_elsewhere() -> QuerySet[Shipment]:
    """Return the shipments that a person labels in another program: to be exported, or their number is awaited."""
    return _unfinished().filter(_by_hand())


def _unfinished() -> QuerySet[Shipment]:
    waiting = Q(of_sendable(), state=ShipmentState.WAITING)
    return Shipment.objects.filter(waiting | Q(state__in=UNDER_WAY), state__in=(ShipmentState.WAITING, *UNDER_WAY))


def _by_hand() -> Q:
    here = Q(state=ShipmentState.HANDED) | Q(state=ShipmentState.WAITING, reason=Reason.TO_EXPORT)
    return Q(here, system__in=list(systems_by_hand()))


def _stuck() -> QuerySet[Delivery]:
    """Return the deliveries with a parcel that needs a person, or whose transmission does: nobody knows if it is."""
    rows = needing_a_person().order_by().values("delivery")
    # Asked before: there is seldom one, and MariaDB goes through all deliveries for two questions in one.
    left = Manifest.objects.filter(state=ManifestState.ATTENTION, transmitted_at=None)
    if pks := list(left.values_list("pk", flat=True)):
        parcels = Shipment.objects.filter(manifest__in=pks, state__in=READY, transmitted_at=None)
        unknown = parcels.exclude(tracking__state__in=SCANNED)
        rows = rows.union(unknown.order_by().values("delivery"))
    return Delivery.objects.filter(pk__in=rows)


def to_transmit() -> QuerySet[Shipment]:
    """Return the shipments that the day's end takes, without those that somebody has to print first."""
    unprinted = Q(state=ShipmentState.LABELLED, printed_at=None)
    systems = list(filter(transmits, app_settings.shipping_systems))
    return ready_to_transmit().filter(~unprinted, system__in=systems)


def transmits(alias: str) -> bool:
    """Say whether the shipping system of that name has a day's end."""
    system = usable_system(alias)
    return system is not None and system.can_transmit


def _in_state(state: DeliveryState) -> Callable[[], QuerySet[Delivery]]:
    return lambda: Delivery.objects.filter(state=state, erased_at=None, stop_asked_at=None)


def _held() -> QuerySet[Delivery]:
    rows = _in_state(DeliveryState.HELD)()
    # One press lets all of them go on. What a buyer asks for is decided one by one, in a queue of its own.
    return rows.filter(wished="") if _buyers_ask() else rows


def _buyers_ask() -> bool:
    return not REQUESTS.keys().isdisjoint(app_settings.buyer_may)


def _with(shipments: Callable[[], QuerySet[Shipment]]) -> Callable[[], QuerySet[Delivery]]:
    return lambda: Delivery.objects.filter(pk__in=shipments().order_by().values("delivery"))


TO_PACK = Queue(
    "to_pack",
    _("To pack"),
    _("Pack each order, and correct its parcels if they have changed. Then request all the labels."),
    _in_state(DeliveryState.PLACED),
    Part.TO_DO,
    action="hand_off_now",
    button=_("Request all labels"),
    packed=True,
)
# Where the shop releases what is paid, a parcel has its label before anybody packs it.
UNPAID = Queue(
    "to_pack",
    _("Not paid yet"),
    _("These are waiting for the shop to confirm payment. Their labels are then requested automatically."),
    _in_state(DeliveryState.PLACED),
    Part.IN_THE_SHOP,
)
PERSONS = Queue(
    "persons",
    _("Needs attention"),
    _("Each row says why and what to do. Open it, correct what it mentions, and continue."),
    _stuck,
    Part.TO_DO,
)
TO_PRINT = Queue(
    "to_print",
    _("To print"),
    _("Each of these has a shipping label that nobody has printed yet."),
    _with(to_print),
    Part.TO_DO,
    action="print_labels",
    button=_("Print all of them"),
    packed=True,
)
TO_TRANSMIT = Queue(
    "to_transmit",
    _("To transmit"),
    _("Labels are ready. Transmit the parcels when they leave the shop."),
    _with(to_transmit),
    Part.TO_DO,
    page="day_end",
)
TO_LABEL_ELSEWHERE = Queue(
    "by_hand",
    _("To label in another program"),
    _("Export these, or copy their data, to where their labels are made. Then enter the tracking numbers."),
    _with(to_label_elsewhere),
    Part.TO_DO,
    page="ship_by_hand",
    packed=True,
)
ASKED = Queue(
    "asked",
    _("The buyer asks"),
    _("Each row says for what. Nothing more of these is sent until you have decided: open each, and press a button."),
    lambda: Delivery.objects.filter(wished__gt="", state__in=ACTIVE, erased_at=None, stop_asked_at=None),
    Part.TO_DO,
)
NEEDS_CHOICE = Queue(
    "needs_choice",
    _("Needs a post office"),
    _("The buyer has been asked by e-mail. If they call, choose with them."),
    lambda: Delivery.objects.filter(KNOWN, state=DeliveryState.NEEDS_CHOICE, stop_asked_at=None),
    Part.IN_THE_SHOP,
)
HELD = Queue(
    "held",
    _("On hold"),
    _("Nothing here is requested, printed or transmitted. Each row says what it is waiting for."),
    _held,
    Part.IN_THE_SHOP,
    action="let_go_on",
    button=_("Resume all"),
)
WAITING = Queue(
    "waiting",
    _("Waiting for an answer"),
    _("You do not need to do anything: each row says when it is tried next."),
    _with(under_way),
    Part.IN_THE_SHOP,
    action="hand_off_now",
    button=_("Try all of them now"),
)


# Canada Post scans a parcel when it is dropped off, or on the next working day.
SCANNED_WITHIN = 2
AGEING, AGED = timedelta(days=5), timedelta(days=10)


def in_the_post(*states: ParcelState, **fields: Any) -> QuerySet[Shipment]:
    """Return the shipments whose parcel is followed, and is in one of these states."""
    rows = Shipment.objects.filter(tracking__state__in=states, tracking__ended_at=None)
    return rows.filter(state__in=EXISTING, **{f"tracking__{name}": value for name, value in fields.items()})


def not_scanned() -> QuerySet[Shipment]:
    """Return the shipments that Canada Post should have scanned by now.

    What was never transmitted is still here, and so is what is on hold, or needs another post office, with its label.
    """
    day = _first_not_due()
    left = Q(transmitted_at__lt=begin_of(day)) | Q(transmitted_at=None, group="")
    rows = in_the_post(ParcelState.NOT_SEEN, ParcelState.ANNOUNCED).filter(left & mailed_before(day))
    # As ``Shipment.may_be_in_the_post`` says of one.
    here = Q(transmitted_at=None) | Q(api__endswith=BY_CARD, printed_at=None)
    return rows.exclude(here, delivery__state__in=STANDING_STILL)


def _first_not_due() -> date:
    """Return the first day whose parcels need not be scanned by now."""
    return working_days_ago(SCANNED_WITHIN, shop_day()) + timedelta(days=1)


def is_not_scanned(shipment: Shipment) -> bool:
    """Say the same of one shipment that is followed and of which nothing was told."""
    day = _first_not_due()
    left = shipment.transmitted_at < begin_of(day) if shipment.transmitted_at else shipment.group == ""
    mailed_on = shipment.mailing_date or (shop_day(shipment.made_at) if shipment.made_at else None)
    return left and mailed_on is not None and mailed_on < day


def queue_of_ready(ready_on: date | None) -> "Queue | None":
    """Return the queue of a parcel that is at a post office since that day, None while it has none."""
    waited = timedelta(0) if ready_on is None else shop_day() - ready_on
    return READY_FOR_TEN if waited >= AGED else READY_FOR_FIVE if waited >= AGEING else None


def coming_back() -> QuerySet[Shipment]:
    """Return the shipments whose parcel is on its way back, or with nobody, and its order is not settled."""
    rows = Shipment.objects.filter(state__in=EXISTING, delivery__state__in=ACTIVE, delivery__erased_at=None)
    # What is shipped again has let go of its parcel.
    return rows.filter(tracking__state__in=(ParcelState.RETURNING, *NOT_WITH_BUYER), open_parcel__isnull=False)


ASTRAY = Queue(
    "astray",
    _("Parcels to look for"),
    _("Canada Post reported something wrong with these. Open each, look for it, and say there where it is."),
    lambda: Delivery.objects.filter(pk__in=Tracking.objects.filter(ASTRAY_PARCEL).values("shipment__delivery")),
)
NOT_SEEN = Queue(
    "not_seen",
    _("Not seen yet"),
    _("Two working days after they were to be mailed, none of these is scanned. Look whether they left the shop."),
    _with(not_scanned),
)
READY_FOR_FIVE = Queue(
    "ageing",
    _("Ready for 5 to 9 days"),
    _("Nobody has picked these up yet. Each row says until when; remind the buyer before the parcel goes back."),
    _with(lambda: in_the_post(*AT_AN_OFFICE, ready_on__lte=shop_day() - AGEING, ready_on__gt=shop_day() - AGED)),
)
READY_FOR_TEN = Queue(
    "aged",
    _("Ready for 10 days or more"),
    _("These go back soon. Call the buyer today; each row says until when the post office holds the parcel."),
    _with(lambda: in_the_post(*AT_AN_OFFICE, ready_on__lte=shop_day() - AGED)),
)
ELSEWHERE = Queue(
    "elsewhere",
    _("At another post office"),
    _("Canada Post took these to a post office other than the one the buyer chose. The order’s page says so."),
    _with(lambda: in_the_post(ParcelState.ELSEWHERE)),
)
COMING_BACK = Queue(
    "coming_back",
    _("Coming back or lost"),
    _(
        "When you have a parcel again, say on its page that it came back. What came back or is lost is then "
        "shipped again or refunded."
    ),
    _with(coming_back),
)
IN_THE_POST = (ASTRAY, NOT_SEEN, READY_FOR_FIVE, READY_FOR_TEN, ELSEWHERE, COMING_BACK)


# A clerk looks at these, too, once the day's work is done. No press empties them: somebody else has to do something.
TO_WATCH = (HELD, NOT_SEEN, READY_FOR_TEN, COMING_BACK)


def queues() -> Sequence[Queue]:
    """Return the queues in the order of the day's work, without those into which nothing can come in this shop."""
    asked = (ASKED,) if _buyers_ask() else ()
    unreleased = UNPAID if app_settings.release == "when_paid" else TO_PACK
    by_hand = (TO_LABEL_ELSEWHERE,) if systems_by_hand() else ()
    day_end = (TO_TRANSMIT,) if any(map(transmits, app_settings.shipping_systems)) else ()
    in_the_post = IN_THE_POST if app_settings.tracking else ()
    every = (PERSONS, *asked, unreleased, *by_hand, TO_PRINT, *day_end, NEEDS_CHOICE, HELD, WAITING, *in_the_post)
    return sorted(every, key=lambda queue: tuple(Part).index(queue.part))


def queue_named(name: str | None) -> Queue | None:
    return next((queue for queue in queues() if queue.name == name), None)


class _Counted(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    # For a query that cannot have rows, such as parcels to transmit in a shop without a system that transmits.
    empty_result_set_value = 0


def queue_cards(request: HttpRequest, current: Queue | None = None) -> list[dict[str, Any]]:
    """Return what is shown of each queue, in the order of the day's work. Asks the database twice."""
    every = queues()
    numbers = {f"in_{queue.name}": _Counted(queue.rows().values("pk")[: MOST + 1]) for queue in every}
    # The database tells the numbers beside the one row of the user.
    user_pk: Any = request.user.pk
    row: Any = get_user_model()._default_manager.filter(pk=user_pk).values(**numbers).get()
    return [_card(queue, row[f"in_{queue.name}"], queue == current) for queue in every]


def _card(queue: Queue, count: int, current: bool) -> dict[str, Any]:
    return {
        "part": PARTS[queue.part],
        "name": queue.name,
        "title": queue.title,
        "count": gettext("more than %(most)d") % {"most": MOST} if count > MOST else str(count),
        "empty": not count,
        "current": current,
        "alarms": bool(count) and queue == PERSONS,
        # Like what needs attention, a parcel to look for stands still until somebody looks.
        "to_do": bool(count) and (queue.part == Part.TO_DO or queue == ASTRAY),
        "to_watch": bool(count) and queue in TO_WATCH,
    }


class Turn(NamedTuple):
    """A delivery is the ``number``th of ``queue``, in the order of the list; ``next`` is the one after it, if any."""

    queue: Queue
    number: int
    next: UUID | None


def turn_of(delivery: Delivery, queue: Queue | None) -> Turn | None:
    """Return which of its queue a delivery is, None if it is in none, or behind more than anybody pages through."""
    if queue is None or delivery.placed_at is None:
        return None
    rows = queue.rows()
    at, pk = delivery.placed_at, delivery.pk
    before = rows.filter(Q(placed_at__gt=at) | Q(placed_at=at, pk__gt=pk)).order_by()[:MOST].count()
    if before == MOST:
        return None
    after = rows.filter(Q(placed_at__lt=at) | Q(placed_at=at, pk__lt=pk)).order_by("-placed_at", "-pk")
    return Turn(queue, before + 1, after.values_list("pk", flat=True).first())
