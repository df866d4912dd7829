"""Changing what was placed: another post office."""

from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.choices import Change, OfficeCheck, Reason
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.release import release_delivery
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import move_delivery


class Changed(StrEnum):
    """What came of a change."""

    #: It is done.
    CHANGED = "changed"


def change_office(delivery: Delivery, office: PostOffice, *, user: Any = None, note: str = "") -> Changed:
    """Give a delivery that needs a choice another post office, and release it if that was asked meanwhile.

    Raises MoveRefused where that is not allowed.
    """
    point = office.coordinates
    fields: dict[str, Any] = {
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
        "office_check": OfficeCheck.NOT_ASKED,
        "reason": Reason.NONE,
        "choice": F("choice") + 1,
    }
    with transaction.atomic():
        if not move_delivery(delivery, Change.CHOOSE_AGAIN, user=user, note=note, **fields):
            raise MoveRefused
        if delivery.release_asked_at is not None:
            release_delivery(delivery, user=user)
    return Changed.CHANGED
