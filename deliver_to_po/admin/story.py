"""What a delivery's page says first: what happened, what happens next and when; and its whole story, by time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.show import note_of_hold, why_and_what_to_do
from deliver_to_po.admin.standing import said
from deliver_to_po.choices import DeliveryState, NoticeOutcome, NoticeProblem, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.shipping.registry import name_of_system
from deliver_to_po.wording import day_and_time

# A parcel that is tried for months has more attempts than anybody reads.
AT_MOST = 200

BY_ITSELF: Mapping[str, Promise] = {
    ShipmentState.WAITING: gettext_lazy("Parcel %(parcel)d is sent to the shipping system by itself."),
    ShipmentState.REQUESTED: gettext_lazy("Parcel %(parcel)d: the answer is awaited."),
    ShipmentState.UNKNOWN: gettext_lazy("Parcel %(parcel)d is looked up before anything is sent again."),
    ShipmentState.HANDED: gettext_lazy("Parcel %(parcel)d: the shipping system reports later."),
    ShipmentState.MADE: gettext_lazy("The label of parcel %(parcel)d is fetched by itself."),
    ShipmentState.VOIDING: gettext_lazy("Parcel %(parcel)d is voided by itself."),
    ShipmentState.REFUNDING: gettext_lazy("The refund of parcel %(parcel)d is asked for by itself."),
}
BY_A_PERSON = (ShipmentState.ATTENTION, ShipmentState.SUSPENDED, ShipmentState.REFUSED, ShipmentState.REFUND_ASKED)
READY = (ShipmentState.LABELLED, ShipmentState.DONE)
RELEASED_WHEN: Mapping[str, Promise] = {
    "on_placing": gettext_lazy("It is released by itself."),
    "when_paid": gettext_lazy("It is released when the order is paid."),
    "by_merchant": gettext_lazy("It waits until somebody presses “Hand off now”."),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story; ``parcel`` and ``who`` may be ``""``."""

    at: datetime
    words: str
    more: str = ""
    parcel: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, what happens next, each a few sentences, and everything by time, newest first."""

    happened: Sequence[str]
    follows: Sequence[str]
    timeline: Sequence[Entry]
    cut: bool


def story_of(delivery: Delivery) -> Story:
    """Return the story of a placed delivery in the active language. Asks the database four times, and nobody else."""
    shipments = list(delivery.shipments.prefetch_related("attempts").order_by("parcel", "revision"))
    newest = list({shipment.parcel: shipment for shipment in shipments}.values())
    notices = list(delivery.notices.all())
    told = sorted(_told(delivery, shipments, notices), key=lambda entry: entry.at, reverse=True)
    return Story(
        list(_happened(delivery, newest)),
        [*_follows(delivery, newest), *_to_be_told(notices)] or [_("Nothing more happens by itself.")],
        told[:AT_MOST],
        len(told) > AT_MOST,
    )


def _happened(delivery: Delivery, newest: Sequence[Shipment]) -> Iterator[str]:
    """Yield how the delivery stands and why, and how each parcel does."""
    reason = Reason(delivery.reason)
    state = _("This delivery: %(state)s.") % {"state": delivery.get_state_display()}
    yield _sentence(state, reason.why(), note_of_hold(delivery))
    for shipment in newest:
        words = {"parcel": shipment.parcel, "state": shipment.get_state_display()}
        since = ""
        if shipment.transmitted_at is not None:
            since = _("It was transmitted on %(when)s.") % {"when": day_and_time(shipment.transmitted_at)}
        elif shipment.state in READY and shipment.labelled_at is not None:
            since = _("It has its label since %(when)s.") % {"when": day_and_time(shipment.labelled_at)}
        why = Reason(shipment.reason).why(_system(shipment)) if shipment.reason else ""
        yield _sentence(_("Parcel %(parcel)d: %(state)s.") % words, since, why, said(shipment))
    if delivery.erased_at is not None:
        yield _("The recipient was erased on %(when)s.") % {"when": day_and_time(delivery.erased_at)}


def _follows(delivery: Delivery, newest: Sequence[Shipment]) -> Iterator[str]:
    if delivery.state == DeliveryState.PLACED:
        yield str(RELEASED_WHEN[app_settings.release])
    elif delivery.reason:
        yield Reason(delivery.reason).advice
    if delivery.stop_asked_at is not None and delivery.state != DeliveryState.CANCELLED:
        yield _("Its cancellation is asked for: it is cancelled once nothing of it is under way.")
    for shipment in newest:
        if sentence := _follows_of(shipment):
            yield sentence


def _follows_of(shipment: Shipment) -> str:
    """Return what happens next with a parcel, and when."""
    words = {"parcel": shipment.parcel}
    if shipment.state in BY_A_PERSON and shipment.reason:
        return _("Parcel %(parcel)d: %(advice)s") % {**words, "advice": Reason(shipment.reason).advice}
    if shipment.state == ShipmentState.REFUSED:
        return _("Parcel %(parcel)d: correct it, then press “Hand off now”.") % words
    if shipment.state in BY_ITSELF:
        return _sentence(str(BY_ITSELF[shipment.state]) % words, _when(shipment.due_at))
    if shipment.state in READY and shipment.transmitted_at is not None:
        return _("Parcel %(parcel)d: Canada Post takes it from here.") % words
    if shipment.state in READY and shipment.group:
        return _("Parcel %(parcel)d: print its label; it is transmitted at the day’s end.") % words
    if shipment.state in READY:
        return _("Parcel %(parcel)d: print its label, and send it.") % words
    return ""


def _when(due_at: datetime | None) -> str:
    if due_at is None:
        return ""
    if due_at <= timezone.now():
        return _("That is due now.")
    return _("Next on %(when)s.") % {"when": day_and_time(due_at)}


def _to_be_told(notices: Sequence[Any]) -> Iterator[str]:
    for notice in notices:
        if notice.outcome == NoticeOutcome.TO_SEND and notice.due_at is not None:
            words = {"when": day_and_time(notice.due_at), "what": notice.get_kind_display()}
            yield _("An e-mail on %(when)s: %(what)s.") % words


def _told(delivery: Delivery, shipments: Sequence[Shipment], notices: Sequence[Any]) -> Iterator[Entry]:
    yield Entry(delivery.created_at, _("the choice of a post office begins"))
    for change in delivery.history.select_related("user", "shipment"):
        system = change.shipment.system if change.shipment else ""
        why = why_and_what_to_do(Reason(change.reason), system)
        who = str(change.user) if change.user else _("the shop (automatically)")
        more = " ".join(filter(None, [why, change.note]))
        yield Entry(change.at, str(change.get_change_display()), more, _parcel(change.shipment), who)
    for shipment in shipments:
        yield Entry(shipment.created_at, _("parcel planned"), "", _parcel(shipment), "")
        for attempt in shipment.attempts.all():
            codes = ", ".join(filter(None, [f"HTTP {attempt.status}" if attempt.status else "", attempt.codes]))
            yield Entry(attempt.at, str(attempt), codes, _parcel(shipment), _system(shipment))
    for notice in notices:
        if notice.outcome != NoticeOutcome.TO_SEND:
            words = {"what": notice.get_kind_display(), "outcome": notice.get_outcome_display()}
            problem = str(NoticeProblem(notice.problem).label) if notice.problem else ""
            at = notice.sent_at or notice.created_at
            yield Entry(at, _("e-mail that %(what)s: %(outcome)s") % words, problem)


def _parcel(shipment: Shipment | None) -> str:
    if shipment is None:
        return ""
    return _("parcel %(parcel)s, revision %(revision)s") % {"parcel": shipment.parcel, "revision": shipment.revision}


def _system(shipment: Shipment) -> str:
    return name_of_system(shipment.system)


def _sentence(*parts: str) -> str:
    # A sentence that ends with "9:42 a.m." has its full stop already.
    return " ".join(filter(None, parts)).replace(".m..", ".m.")
