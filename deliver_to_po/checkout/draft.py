"""The draft: an office chosen and a recipient named, before there is an order."""

import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.utils import timezone

from deliver_to_po.canadapost.types import Language, PostOffice, Recipient, Service
from deliver_to_po.choices import DeliveryState, OfficeCheck, Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import (
    DraftExpired,
    DraftIncomplete,
    DraftUnknown,
    OfficeNoLongerTakesParcels,
    OfficeNotOffered,
    OfficesUnavailable,
)
from deliver_to_po.models import Delivery
from deliver_to_po.offices import directory
from deliver_to_po.offices.check import check_office
from deliver_to_po.offices.finder import fetch_office

CLOSED_ANSWERS = (OfficeCheck.NO_LONGER, OfficeCheck.GONE)


def get_draft(draft_id: object) -> Delivery:
    """Return a draft by its id; raises DraftUnknown when there is none, DraftExpired when it is too old."""
    try:
        draft = Delivery.objects.filter(pk=uuid.UUID(str(draft_id)), state=DeliveryState.DRAFT).first()
    except ValueError:
        draft = None
    if draft is None:
        raise DraftUnknown
    if draft.expires_at <= timezone.now():
        raise DraftExpired
    return draft


def choose_office(office_id: str, language: Language, draft: Delivery | None = None) -> Delivery:
    """Return a draft for the office, the given one with its recipient kept, else a new one.

    An office can be chosen only if Canada Post offered it: within 24 hours, or the check confirms it now, or within
    7 days while Canada Post cannot be asked. Raises OfficeNotOffered, OfficeNoLongerTakesParcels, OfficesUnavailable.
    """
    known = directory.get_office(office_id)
    if known is None:
        raise OfficeNotOffered
    office = directory.post_office(known, language)
    check, checked_at = _offered(office, language)
    # Without an answer the hours are missing; whether it takes parcels is asked again at confirm and before the label.
    with suppress(OfficeNotOffered, OfficesUnavailable):
        office = fetch_office(office_id, language)
    draft = draft or Delivery()
    if draft.office_id and draft.office_id != office.office_id:
        draft.choice += 1
    draft.language = language
    draft.service = draft.service or Service.EXPEDITED_PARCEL
    draft.expires_at = timezone.now() + app_settings.draft_lifetime
    _set_office(draft, office)
    draft.office_check, draft.office_checked_at = check, checked_at
    draft.save()
    return draft


def _offered(office: PostOffice, language: Language) -> tuple[OfficeCheck, datetime | None]:
    """Return what is known of the office's offer; raises when it cannot be chosen."""
    if directory.offered_within(office.office_id, directory.OFFERED_LATELY):
        return OfficeCheck.NOT_ASKED, None
    offered_this_week = directory.offered_within(office.office_id, directory.OFFERED_WHEN_CANADA_POST_IS_DOWN)
    answer = check_office(office, language)
    if answer in CLOSED_ANSWERS:
        raise OfficeNoLongerTakesParcels
    if answer == OfficeCheck.COULD_NOT_ASK and not offered_this_week:
        raise OfficesUnavailable
    return answer, timezone.now()


def _set_office(draft: Delivery, office: PostOffice) -> None:
    draft.office_id = office.office_id
    draft.office_name = office.name
    draft.office_location = office.location
    draft.office_address = office.street
    draft.office_city = office.city
    draft.office_province = office.province
    draft.office_postal_code = office.postal_code
    draft.office_latitude = office.coordinates.latitude if office.coordinates else None
    draft.office_longitude = office.coordinates.longitude if office.coordinates else None
    draft.office_hours = office.hours.to_json() if office.hours else None
    draft.office_fetched_at = timezone.now()


def recipient_fields(recipient: Recipient) -> dict[str, str]:
    """Return the recipient as the fields of a delivery."""
    return {
        "recipient_name": recipient.name,
        "recipient_address_line_1": recipient.address.line_1,
        "recipient_address_line_2": recipient.address.line_2,
        "recipient_city": recipient.address.city,
        "recipient_province": recipient.address.province,
        "recipient_postal_code": recipient.address.postal_code,
        "recipient_email": recipient.email,
        "recipient_phone": recipient.phone,
    }


def save_recipient(draft: Delivery, recipient: Recipient) -> None:
    """Keep who picks up, and let the draft live on from now; raises DraftUnknown when it is a draft no more."""
    _update(draft, expires_at=timezone.now() + app_settings.draft_lifetime, **recipient_fields(recipient))


def confirm(draft: Delivery) -> OfficeCheck:
    """Ask Canada Post whether the chosen office takes parcels, outside any transaction, and keep the answer.

    "Could not ask" confirms with a flag: the office must then pass the check before the label. Raises DraftIncomplete,
    DraftUnknown, and OfficeNoLongerTakesParcels; the draft keeps everything, so that only the office is chosen anew.
    """
    if not draft.complete:
        raise DraftIncomplete
    answer = check_office(draft.office, _language(draft))
    flag = Reason.OFFICE_NOT_CHECKED if answer == OfficeCheck.COULD_NOT_ASK else Reason.NONE
    _update(draft, office_check=answer, office_checked_at=timezone.now(), reason=flag)
    if answer in CLOSED_ANSWERS:
        raise OfficeNoLongerTakesParcels
    return answer


def _language(draft: Delivery) -> Language:
    return "fr" if draft.language == "fr" else "en"


def _update(draft: Delivery, **fields: Any) -> None:
    if not Delivery.objects.filter(pk=draft.pk, state=DeliveryState.DRAFT).update(**fields):
        raise DraftUnknown
    draft.refresh_from_db()
