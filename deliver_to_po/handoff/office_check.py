"""Asking whether a shipment's post office takes parcels, right before the request is sent."""

import logging

from django.db.models import Case, F, Value, When
from django.utils import timezone

from deliver_to_po.canadapost.errors import CredentialsRefused, NotEntitled
from deliver_to_po.core.choices import HandoffStep, OfficeCheck, Outcome, Reason
from deliver_to_po.core.conf import APIS, BY_CARD, app_settings
from deliver_to_po.core.language import language_of
from deliver_to_po.handoff.attempts import record
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.offices.check import CheckAnswer, answered_lately, ask_about
from deliver_to_po.shipping import Answer

log = logging.getLogger(__name__)


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
