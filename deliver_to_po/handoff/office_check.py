"""Asking whether a shipment's post office takes parcels: before its request is sent, and once more before it leaves."""

import logging
from datetime import timedelta
from time import monotonic

from django.db.models import Case, F, Value, When
from django.utils import timezone

from deliver_to_po.canadapost.errors import CredentialsRefused, NotEntitled
from deliver_to_po.core.choices import CLOSED_OFFICE, HandoffStep, OfficeCheck, Outcome, Reason
from deliver_to_po.core.conf import APIS, BY_CARD, app_settings
from deliver_to_po.core.language import language_of
from deliver_to_po.handoff.attempts import record
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.offices.check import CheckAnswer, answered_lately, ask_about
from deliver_to_po.shipping import Answer

log = logging.getLogger(__name__)

# Before a parcel leaves, an answer that is older is asked for again, in the time that there is. If there is none, or
# Canada Post cannot be asked, an answer of the last day counts.
OFFICE_ASKED_AGAIN_AFTER, OFFICE_COUNTS = timedelta(hours=1), timedelta(days=1)


class OfficesAsked:
    """One round of questions before parcels leave, for so many ``seconds``: each post office is asked about once."""

    def __init__(self, seconds: float, asked_again_after: timedelta = OFFICE_ASKED_AGAIN_AFTER) -> None:
        self._ends_at, self._asked_before = monotonic() + seconds, timezone.now() - asked_again_after
        self._answers: dict[tuple[str, str], OfficeCheck] = {}
        # Canada Post did not answer: it is not asked again in this round.
        self._away = False

    def time_is_over(self) -> bool:
        return monotonic() > self._ends_at

    def reason_to_stay(self, row: Shipment) -> Reason:
        """Ask about the post office, unless it was asked about lately; NONE if it takes parcels."""
        took_parcels = row.delivery.office_check == OfficeCheck.TAKES_PARCELS
        lately = row.delivery.office_checked_at if took_parcels else None
        if lately and lately >= self._asked_before:
            return Reason.NONE
        office = (row.office_id, row.api)
        if office not in self._answers and not (self._away or self.time_is_over()):
            asked = checked_office(row)
            self._answers[office], self._away = asked.check, asked.error is not None
        answer = self._answers.get(office, OfficeCheck.COULD_NOT_ASK)
        if answer != OfficeCheck.COULD_NOT_ASK:
            return CLOSED_OFFICE.get(answer, Reason.NONE)
        counts = lately and lately >= timezone.now() - OFFICE_COUNTS
        return Reason.NONE if counts else Reason.OFFICE_NOT_CHECKED


def checked_office(shipment: Shipment, *, afresh: bool = False) -> CheckAnswer:
    """Return whether the shipment's office takes parcels, and save the answer.

    Canada Post is asked, unless it has answered lately and ``afresh`` is False.
    """
    delivery, api = shipment.delivery, _other_api(shipment)
    asked = None if afresh else answered_lately(shipment.office, api=api)
    if asked is None:
        asked = ask_about(shipment.office, language_of(delivery.language), background=True, api=api)
        answer = Answer(status=asked.error.status, codes=asked.error.codes) if asked.error else None
        record(shipment, HandoffStep.CHECK, Outcome(asked.check.value), answer)
    elif delivery.office_check == OfficeCheck.TAKES_PARCELS:
        return asked
    _save_check(delivery, shipment.office_id, asked)
    return asked


def _other_api(shipment: Shipment) -> str:
    """Return the API that a shipment goes through if it is not the chosen one, else ``""``: it writes ids otherwise."""
    api = shipment.api.removesuffix(BY_CARD)
    return api if api in APIS and api != app_settings.canada_post.api else ""


def _save_check(delivery: Delivery, office_id: str, asked: CheckAnswer) -> None:
    """Save the answer with the delivery, unless it goes to another office by now, and log errors."""
    error = asked.error
    if isinstance(error, CredentialsRefused | NotEntitled):
        log.error("Nothing is handed off: %s", error)
    elif error:
        log.warning("Delivery %s: %s", delivery.pk, error)
    if asked.check != OfficeCheck.COULD_NOT_ASK:
        was_to_be_checked = When(reason=Reason.OFFICE_NOT_CHECKED, then=Value(Reason.NONE.value))
        Delivery.objects.filter(pk=delivery.pk, office_id=office_id).update(
            office_check=asked.check,
            office_checked_at=timezone.now(),
            reason=Case(was_to_be_checked, default=F("reason")),
        )
