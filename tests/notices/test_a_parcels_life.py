"""A parcel at Canada Post's emulator, from its label to its end, and the e-mails of it, in both languages."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from deliver_to_po.canadapost.types import NearPostalCode, PostOffice
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Notice, Shipment, Tracking
from deliver_to_po.outbox.claiming import claim_next, work
from deliver_to_po.shipping import Made
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.tracking.following import FOLLOWING, begin_to_follow, pause
from tests.factories import make_delivery, make_shipment
from tests.notices.needing import sweep
from tests.shipping.requests import asked

pytestmark = pytest.mark.django_db

WHEN = timezone.now().replace(microsecond=0, tzinfo=None) - timedelta(hours=12)
EVERYTHING = {"LABEL_MADE": True, "READY": True, "FIFTH_DAY": True}


def make(office: PostOffice, language: str) -> Shipment:
    """Make a parcel at the emulator yesterday, and return its shipment."""
    made = CanadaPostShipping("default", {}).create(asked(office=replace(asked().office, office_id=office.office_id)))
    assert isinstance(made, Made)
    delivery = make_delivery(language=language, office_id=office.office_id, office_name=office.name)
    yesterday = timezone.now() - timedelta(hours=20)
    fields = {"state": ShipmentState.DONE, "tracking_pin": made.tracking_number, "made_at": yesterday}
    shipment = make_shipment(delivery, **fields, shipment_id="7")
    Shipment.objects.filter(pk=shipment.pk).update(created_at=timezone.now() - timedelta(days=1))
    return shipment


def look() -> list[tuple[str, str]]:
    """Ask where all parcels are, write of it, and return to whom and what."""
    begin_to_follow()
    Tracking.objects.filter(ended_at=None).update(due_at=timezone.now())
    while (row := claim_next(FOLLOWING)) is not None:
        work(FOLLOWING, row)
    sweep()
    sweep()
    told = sorted((message.to[0], message.subject.split("\N{NO-BREAK SPACE}")[0]) for message in mail.outbox)
    mail.outbox.clear()
    return told


@pytest.mark.parametrize(("language", "order"), [("en", "Order"), ("fr", "Commande")])
def test_of_each_move_it_is_told_once(
    emulator: EmulatorServer, office: PostOffice, change_settings: Any, language: str, order: str
) -> None:
    change_settings(TRACKING=True, TELL=EVERYTHING)
    elsewhere = canada_post().find_offices(NearPostalCode("H2X1Y4"))[0]
    kept, moved = make(office, language), make(office, language)
    subjects: dict[str, list[str]] = {}
    for step, pins in (
        ("announced", (kept, moved)),
        ("in_transit", (kept, moved)),
        ("ready", (kept,)),
        ("collected", (kept,)),
    ):
        for shipment in pins:
            emulator.move_parcel(shipment.tracking_pin, step, at=WHEN)
        subjects[step] = [subject for _, subject in look()]
    emulator.move_parcel(moved.tracking_pin, "ready", office_id=elsewhere.office_id, at=WHEN)
    subjects["elsewhere"] = [subject for _, subject in look()]
    emulator.move_parcel(moved.tracking_pin, "returning", at=WHEN + timedelta(hours=1))
    subjects["returning"] = [subject for _, subject in look()]
    emulator.move_parcel(moved.tracking_pin, "returned", at=WHEN + timedelta(hours=2))
    subjects["returned"] = [subject for _, subject in look()]
    pause.end()
    assert {step: len(found) for step, found in subjects.items()} == {
        "announced": 2,
        "in_transit": 0,
        "ready": 1,
        "collected": 0,
        "elsewhere": 1,
        "returning": 1,
        "returned": 0,
    }
    assert order in subjects["elsewhere"][0]
    assert look() == []
    assert set(Notice.objects.filter(outcome="sent").values_list("kind", flat=True)) == {
        *("label_made", "ready", "elsewhere", "returning"),
    }
