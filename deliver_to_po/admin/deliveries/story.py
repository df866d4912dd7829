"""What a delivery's page tells: how it stands, what e-mails are to come, and everything that happened, by time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from deliver_to_po.admin.deliveries.standing import Standing, newest_of
from deliver_to_po.admin.deliveries.standing_of_delivery import standing_of_delivery
from deliver_to_po.admin.show import NOT_PAID, which_parcel, why_and_what_to_do
from deliver_to_po.core.choices import REQUESTS, NoticeOutcome, NoticeProblem, Reason
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.handoff.sending.hand_off_now import is_surely_unpaid
from deliver_to_po.models import Attempt, Delivery, Notice, Shipment
from deliver_to_po.notices.sending import will_be_sent
from deliver_to_po.shipping.registry import name_of_system

# A parcel that is tried for months has more attempts than anybody reads.
AT_MOST = 200
NEWEST = "newest_attempts"
OF_THE_BUYER = (Reason.BY_BUYER, *REQUESTS.values())


def with_newest_attempts() -> "Prefetch[str]":
    """Return what fetches for each shipment its newest attempts as NEWEST: one more than AT_MOST, if there are."""
    return Prefetch("attempts", Attempt.objects.order_by("-at", "-pk")[: AT_MOST + 1], to_attr=NEWEST)


class Entry(NamedTuple):
    """One line of the story; ``parcel`` and ``who`` may be ``""``."""

    at: datetime
    words: str
    more: str = ""
    parcel: str = ""
    who: str = ""


class Story(NamedTuple):
    """How a delivery stands, the newest shipments of its parcels, and everything by time, newest first."""

    standing: Standing
    parcels: Sequence[Shipment]
    timeline: Sequence[Entry]
    cut: bool


def story_of(delivery: Delivery) -> Story:
    """Return the story of a placed delivery in the active language. Asks the database, and whether it is paid."""
    rows = delivery.shipments.select_related("tracking", "manifest").prefetch_related(with_newest_attempts())
    shipments = list(rows.order_by("parcel", "revision"))
    newest = newest_of(shipments)
    notices = list(delivery.notices.select_related("delivery"))
    told = sorted(_told(delivery, shipments, notices), key=lambda entry: entry.at, reverse=True)
    standing = standing_of_delivery(delivery, newest)
    unpaid = [str(NOT_PAID)] if is_surely_unpaid(delivery) else []
    standing = standing._replace(why=(*standing.why, *unpaid), follows=(*standing.follows, *_to_be_told(notices)))
    return Story(standing, newest, told[:AT_MOST], len(told) > AT_MOST)


def _to_be_told(notices: Sequence[Notice]) -> Iterator[str]:
    for notice in notices:
        if notice.due_at is not None and will_be_sent(notice):
            words = {"when": day_and_time(notice.due_at), "what": notice.get_kind_display()}
            yield _("An e-mail on %(when)s: %(what)s.") % words


def _told(delivery: Delivery, shipments: Sequence[Shipment], notices: Sequence[Notice]) -> Iterator[Entry]:
    yield Entry(delivery.created_at, _("the choice of a post office begins"))
    for change in delivery.history.select_related("user", "shipment"):
        system, parcel = (change.shipment.system, which_parcel(change.shipment)) if change.shipment else ("", "")
        why = why_and_what_to_do(Reason(change.reason), system)
        by_nobody = _("the buyer") if change.reason in OF_THE_BUYER else _("the shop (automatically)")
        who = str(change.user or by_nobody)
        more = " ".join(filter(None, [why, change.note]))
        yield Entry(change.at, str(change.get_change_display()), more, parcel, who)
    for shipment in shipments:
        parcel, system = which_parcel(shipment), name_of_system(shipment.system)
        yield Entry(shipment.created_at, _("parcel planned"), "", parcel)
        for attempt in getattr(shipment, NEWEST):
            codes = ", ".join(filter(None, [f"HTTP {attempt.status}" if attempt.status else "", attempt.codes]))
            yield Entry(attempt.at, str(attempt), codes, parcel, system)
    for notice in notices:
        if notice.outcome != NoticeOutcome.TO_SEND:
            words = {"what": notice.get_kind_display(), "outcome": notice.get_outcome_display()}
            problem = str(NoticeProblem(notice.problem).label) if notice.problem else ""
            at = notice.sent_at or notice.due_at or notice.created_at
            yield Entry(at, _("e-mail: %(what)s (%(outcome)s)") % words, problem)
