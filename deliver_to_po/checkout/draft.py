"""The draft: an office chosen and a recipient named, before there is an order."""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db.models import Case, F, When
from django.utils import timezone
from django.utils.crypto import salted_hmac

from deliver_to_po.canadapost.deadline import Deadline
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
    TooManySearches,
)
from deliver_to_po.language import language_of
from deliver_to_po.models import Delivery
from deliver_to_po.offices import directory
from deliver_to_po.offices.check import check_office
from deliver_to_po.offices.finder import fetch_office
from deliver_to_po.pause import refuse_while_paused

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


def choose_office(
    office_id: str,
    language: Language,
    draft: Delivery | None = None,
    *,
    before_asking: Callable[[], None] = lambda: None,
) -> Delivery:
    """Return a draft for the office, the given one with its recipient kept, else a new one.

    An office can be chosen only if Canada Post offered it: within 24 hours, or the check confirms it now, or within
    OFFICE_LIFETIME while Canada Post cannot be asked: all of that within SEARCH_TIMEOUT_SECONDS. Raises
    OfficeNotOffered, OfficeNoLongerTakesParcels, OfficesUnavailable, OptionPaused while the merchant has paused the
    option, and what ``before_asking`` raises where only Canada Post can say whether it may be chosen.
    """
    refuse_while_paused()
    known = directory.get_office(office_id) if re.fullmatch("[0-9]{1,12}", office_id) else None
    if known is None:
        raise OfficeNotOffered
    office = directory.post_office(known, language)
    with Deadline(app_settings.search_timeout_seconds):
        check, checked_at = _offered(office, language, before_asking)
        # Without an answer the hours are missing; whether it takes parcels is asked again at confirm and before the
        # label.
        with suppress(OfficeNotOffered, OfficesUnavailable, TooManySearches):
            office = fetch_office(office.office_id, language, before_asking=before_asking)
    fields = _office_fields(office) | {
        "office_check": check,
        "office_checked_at": checked_at,
        "language": language,
        "expires_at": timezone.now() + app_settings.draft_lifetime,
    }
    return _changed(draft, fields) or _new(draft, fields)


def _changed(draft: Delivery | None, fields: dict[str, Any]) -> Delivery | None:
    """Change the office of a draft by one conditional UPDATE: meanwhile another tab may have placed it."""
    if draft is None:
        return None
    same_office = When(office_id=fields["office_id"], then=F("choice"))
    rows = Delivery.objects.filter(pk=draft.pk, state=DeliveryState.DRAFT)
    if not rows.update(**fields, choice=Case(same_office, default=F("choice") + 1)):
        return None
    draft.refresh_from_db()
    return draft


def _new(former: Delivery | None, fields: dict[str, Any]) -> Delivery:
    """Make a draft; one that was placed meanwhile leaves the buyer what was typed of the recipient."""
    kept = recipient_fields(former.recipient) if former else {}
    return Delivery.objects.create(**fields, **kept, service=Service.EXPEDITED_PARCEL)


def _offered(
    office: PostOffice, language: Language, before_asking: Callable[[], None]
) -> tuple[OfficeCheck, datetime | None]:
    """Return what is known of the office's offer; raises when it cannot be chosen."""
    if directory.offered_within(office.office_id, directory.OFFERED_LATELY):
        return OfficeCheck.NOT_ASKED, None
    offered_this_week = directory.offered_within(office.office_id, app_settings.office_lifetime)
    before_asking()
    answer = check_office(office, language)
    if answer in CLOSED_ANSWERS:
        raise OfficeNoLongerTakesParcels.named(office.name)
    if answer == OfficeCheck.COULD_NOT_ASK and not offered_this_week:
        raise OfficesUnavailable
    return answer, timezone.now()


def _office_fields(office: PostOffice) -> dict[str, Any]:
    """Return the office as the fields of a delivery."""
    point = office.coordinates
    return {
        "office_id": office.office_id,
        "office_name": office.name,
        "office_location": office.location,
        "office_address": office.street,
        "office_city": office.city,
        "office_province": office.province,
        "office_postal_code": office.postal_code,
        "office_latitude": point.latitude if point else None,
        "office_longitude": point.longitude if point else None,
        "office_hours": office.hours.to_json() if office.hours else None,
        "office_fetched_at": timezone.now(),
    }


def fingerprint(draft: Delivery) -> str:
    """Return what tells this office and recipient from any other choice, for a review page to send along.

    ``place`` compares it, so that nothing is placed but what the buyer saw, whatever another tab has changed since.
    """
    seen = [str(draft.pk), draft.office_id, *recipient_fields(draft.recipient).values()]
    return salted_hmac("deliver_to_po.fingerprint", json.dumps(seen), algorithm="sha256").hexdigest()


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
    DraftUnknown, OptionPaused, and OfficeNoLongerTakesParcels; the draft keeps everything, so that only the office is
    chosen anew.
    """
    refuse_while_paused()
    if not draft.complete:
        raise DraftIncomplete
    office_id = draft.office_id
    answer = check_office(draft.office, language_of(draft.language))
    flag = Reason.OFFICE_NOT_CHECKED if answer == OfficeCheck.COULD_NOT_ASK else Reason.NONE
    _update(draft, {"office_id": office_id}, office_check=answer, office_checked_at=timezone.now(), reason=flag)
    if answer in CLOSED_ANSWERS:
        raise OfficeNoLongerTakesParcels.named(draft.office_name)
    return answer


def _update(draft: Delivery, unless_changed: Mapping[str, Any] | None = None, /, **fields: Any) -> None:
    """Change a draft that is one still; ``unless_changed`` names what must be as it was when the question was asked."""
    rows = Delivery.objects.filter(pk=draft.pk, state=DeliveryState.DRAFT)
    if not rows.filter(**(unless_changed or {})).update(**fields) and not rows.exists():
        raise DraftUnknown
    draft.refresh_from_db()
