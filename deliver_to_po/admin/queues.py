"""The desk's queues: what waits for a clerk or for the shipping system, how much of it, and what empties each.

Only the newest revision of a parcel counts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.print_standing import to_print
from deliver_to_po.handoff.transmitting import ready_to_transmit
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import SENDABLE
from deliver_to_po.models.shipment import newest_revision
from deliver_to_po.shipping.registry import shipping_system

# More rows of a list are not counted: nobody pages through them.
MOST = 1_000
# A worker has the next step of these, or the shipping system its answer.
UNDER_WAY = (
    ShipmentState.REQUESTED,
    ShipmentState.UNKNOWN,
    ShipmentState.HANDED,
    ShipmentState.MADE,
    ShipmentState.VOIDING,
    ShipmentState.REFUNDING,
)


@dataclass(frozen=True, slots=True)
class Queue:
    """Deliveries that wait for the same thing.

    ``does`` says what a clerk does with them, ``rows`` which they are. ``action`` is the list's action that empties it,
    ``button`` what is pressed for that; without a button each row says what to do. ``packed`` says that its orders are
    what somebody packs now, for which there are papers.
    """

    name: str
    title: Promise
    does: Promise
    rows: Callable[[], QuerySet[Delivery]]
    action: str = ""
    button: Promise | str = ""
    packed: bool = False


def needing_a_person() -> QuerySet[Shipment]:
    """Return the shipments that go on only when a clerk does something."""
    released = Exists(Delivery.objects.filter(SENDABLE, pk=OuterRef("delivery")))
    # A refused one stays refused for ever; once its parcel has another revision, it needs nobody.
    refused = Q(released, newest_revision(), state=ShipmentState.REFUSED)
    # Somebody must say that the old label is destroyed, or no new one is made.
    label_to_destroy = Q(
        released, state=ShipmentState.REFUND_ASKED, open_parcel__isnull=False, change_asked_at__isnull=False
    )
    stuck = Q(state__in=(ShipmentState.ATTENTION, ShipmentState.SUSPENDED))
    of_these = (ShipmentState.ATTENTION, ShipmentState.SUSPENDED, ShipmentState.REFUSED, ShipmentState.REFUND_ASKED)
    # The states once more, so that a database looks for them by its index before it looks at the rest.
    return Shipment.objects.filter(stuck | refused | label_to_destroy, state__in=of_these)


def under_way() -> QuerySet[Shipment]:
    """Return the shipments that wait for the shipping system: to be sent, answered, labelled or taken back."""
    sendable = Exists(Delivery.objects.filter(SENDABLE, pk=OuterRef("delivery")))
    waiting = Q(sendable, state=ShipmentState.WAITING)
    return Shipment.objects.filter(waiting | Q(state__in=UNDER_WAY), state__in=(ShipmentState.WAITING, *UNDER_WAY))


def to_transmit() -> QuerySet[Shipment]:
    """Return the shipments that the day's end takes."""
    return ready_to_transmit().filter(system__in=list(filter(_transmits, app_settings.shipping_systems)))


def _transmits(alias: str) -> bool:
    try:
        return shipping_system(alias).can_transmit
    except ImproperlyConfigured:
        return False


def _in_state(state: DeliveryState) -> Callable[[], QuerySet[Delivery]]:
    return lambda: Delivery.objects.filter(state=state, erased_at=None, stop_asked_at=None)


def _needing_choice() -> QuerySet[Delivery]:
    # A choice that was erased before its order came is made anew.
    known = Q(erased_at=None) | Q(reason=Reason.CHOICE_ERASED)
    return Delivery.objects.filter(known, state=DeliveryState.NEEDS_CHOICE, stop_asked_at=None)


def _with(shipments: Callable[[], QuerySet[Shipment]]) -> Callable[[], QuerySet[Delivery]]:
    return lambda: Delivery.objects.filter(pk__in=shipments().order_by().values("delivery"))


TO_PACK = Queue(
    "to_pack",
    _("To pack"),
    _("Pack each order, and correct its parcels where they became others. Then hand all of them off."),
    _in_state(DeliveryState.PLACED),
    action="hand_off_now",
    button=_("Hand all of them off"),
    packed=True,
)
# Where the shop releases by itself, a parcel has its label before anybody packs it.
UNPAID = Queue(
    "to_pack",
    _("Not released yet"),
    _("These wait for the shop to say that they are paid. They are handed off by themselves then."),
    _in_state(DeliveryState.PLACED),
)
OTHERS: Sequence[Queue] = (
    Queue(
        "to_print",
        _("To print"),
        _("Each of these has a shipping label that nobody has printed yet."),
        _with(to_print),
        button=_("Print all of them"),
        packed=True,
    ),
    Queue(
        "to_transmit",
        _("To transmit"),
        _("Labels are ready. Transmit the parcels when they leave the shop."),
        _with(to_transmit),
    ),
    Queue(
        "needs_choice",
        _("Need a post office"),
        _("The buyer is asked by e-mail. If they telephone, choose with them."),
        _needing_choice,
    ),
    Queue(
        "persons",
        _("Refused, or need a person"),
        _("Each row says why, and what to do. Open it, correct what is named there, and go on with it."),
        _with(needing_a_person),
    ),
    Queue(
        "held",
        _("On hold"),
        _("Nothing more of these is sent. Each row says what it waits for."),
        _in_state(DeliveryState.HELD),
        action="let_go_on",
        button=_("Let all of them go on"),
    ),
    Queue(
        "waiting",
        _("Waiting for the carrier"),
        _("You need not do anything: each row says when it is tried next."),
        _with(under_way),
        action="hand_off_now",
        button=_("Try all of them now"),
    ),
)


def queues() -> Sequence[Queue]:
    """Return the queues in the order of the day's work."""
    return (TO_PACK if app_settings.release == "by_merchant" else UNPAID, *OTHERS)


def queue_named(name: str | None) -> Queue | None:
    """Return the queue of that name, None for no such one."""
    return next((queue for queue in queues() if queue.name == name), None)


class _Counted(Subquery):
    """How many rows a query has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    # Of what can have no rows, such as parcels of a system with a day's end where the shop has none.
    empty_result_set_value = 0


def counts(user: Any, wanted: Iterable[Queue]) -> Mapping[str, int]:
    """Return how many deliveries each queue has, MOST + 1 for more than MOST, by one query.

    ``user`` is who asks: the database tells the numbers beside that one row.
    """
    numbers = {f"in_{queue.name}": _Counted(queue.rows().values("pk")[: MOST + 1]) for queue in wanted}
    row: Any = get_user_model()._default_manager.filter(pk=user.pk).values(**numbers).get()
    return {name.removeprefix("in_"): count for name, count in row.items()}
