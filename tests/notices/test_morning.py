"""The morning mail: once a day, in the shop's language, silent when nothing waits, and no person's name in it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, Doubt, ManifestState, Reason, Scan, ShipmentState
from deliver_to_po.models import Delivery, Manifest, MorningMail, Shipment, Tracking
from deliver_to_po.notices.jobs import MORNING_MAIL
from deliver_to_po.notices.morning import write_morning_mail
from deliver_to_po.outbox.claiming import claim
from tests.factories import make_delivery, make_shipment
from tests.notices.parcels import in_the_post, seen
from tests.rounds import do_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
EIGHT = datetime(2026, 11, 26, 8, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def clock(change_settings: Any) -> Iterator[Any]:
    change_settings(MORNING_MAIL_AT="07:00", CLERKS=["desk@example.com"], SITE_URL="https://shop.example.com")
    with time_machine.travel(EIGHT, tick=False) as traveller:
        yield traveller


def sweep() -> None:
    """Write and send what is due, as two workers would that look one after the other."""
    for _worker in range(2):
        write_morning_mail()
        do_job(MORNING_MAIL)


def test_it_says_what_waits_and_where_and_nothing_else() -> None:
    yesterday = timezone.now() - timedelta(days=1)
    late = {"state": ShipmentState.LABELLED, "made_at": yesterday}
    held = make_delivery(reference="HELD-1", state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    make_shipment(held, **late)
    choice = make_delivery(reference="CHOICE-1", state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE)
    person = make_delivery(reference="PERSON-1")
    make_shipment(person, state=ShipmentState.ATTENTION, reason=Reason.GAVE_UP)
    make_shipment(yesterdays := make_delivery(reference="LATE & CO"), **late)
    stuck = {"state": ManifestState.ATTENTION, "reason": Reason.GAVE_UP_TRANSMITTING}
    paper = Manifest.objects.create(number="PAPER-1", **stuck)
    # Others are not named: of the other mode, to be cancelled, of today, or of another state.
    for others in ({"live": True}, {"stop_asked_at": yesterday}):
        for state in (DeliveryState.HELD, DeliveryState.NEEDS_CHOICE):
            make_delivery(state=state, **others)
        for state_ in (ShipmentState.ATTENTION, ShipmentState.LABELLED):
            make_shipment(make_delivery(**others), state=state_, made_at=yesterday)
    Manifest.objects.create(**stuck, live=True)
    asked = Manifest.objects.create(state=ManifestState.ASKED)
    others_: list[dict[str, Any]] = [
        {"made_at": timezone.now()},
        {"transmitted_at": yesterday},
        {"manifest": asked},
        {"group": ""},
        {"state": ShipmentState.VOIDED},
    ]
    for changed in others_:
        make_shipment(**{**late, **changed})
    sweep()
    [message], row = mail.outbox, MorningMail.objects.get()
    assert (row.ended_at, row.sent) == (timezone.now(), True)
    assert message.to == ["desk@example.com"]
    assert message.subject == "TEST – 5 post office deliveries need your attention"
    desk = "https://shop.example.com/admin/deliver_to_po"
    assert message.body.splitlines() == [
        "Needs attention:",
        f"- PERSON-1 – {Reason.GAVE_UP.why('Canada Post')}",
        f"  {desk}/delivery/{person.pk}/change/",
        f"- HELD-1 – {Reason.ON_HOLD.why()}",
        f"  {desk}/delivery/{held.pk}/change/",
        f"- PAPER-1 – {Reason.GAVE_UP_TRANSMITTING.why('Canada Post')}",
        f"  {desk}/manifest/{paper.pk}/change/",
        "",
        "",
        "Nobody has chosen a post office:",
        f"- CHOICE-1 – {Reason.OFFICE_GONE.why()}",
        f"  {desk}/delivery/{choice.pk}/change/",
        "",
        "",
        "Made before today, and not transmitted:",
        "- LATE & CO",
        f"  {desk}/delivery/{yesterdays.pk}/change/",
        "",
        "",
        f"All deliveries: {desk}/delivery/",
    ]


def test_what_was_made_in_the_evening_for_the_next_working_day_is_late_after_that_day(clock: Any) -> None:
    friday, made_at = date(2026, 11, 27), datetime(2026, 11, 26, 18, tzinfo=timezone.get_default_timezone())
    values = {"state": ShipmentState.LABELLED, "made_at": made_at, "mailing_date": friday}
    make_shipment(make_delivery(reference="EVENING-1"), **values)
    clock.move_to(EIGHT.replace(day=27))
    sweep()
    assert not mail.outbox
    clock.move_to(EIGHT.replace(day=28))
    sweep()
    assert "EVENING-1" in mail.outbox[0].body


def test_what_nobody_exports_is_named_once_a_whole_working_day_has_passed(clock: Any) -> None:
    waits = {"state": ShipmentState.WAITING, "reason": Reason.TO_EXPORT}
    clock.move_to(EIGHT.replace(day=24, hour=23))
    make_shipment(make_delivery(reference="OLD-1"), **waits)
    make_shipment(make_delivery(reference="HELD-1", state=DeliveryState.HELD, reason=Reason.PAUSED), **waits)
    clock.move_to(EIGHT.replace(day=25))
    make_shipment(make_delivery(reference="NEW-1"), **waits)
    clock.move_to(EIGHT)
    sweep()
    [message] = mail.outbox
    assert f"- OLD-1 – {Reason.TO_EXPORT.why('Canada Post')}" in message.body
    assert ("NEW-1" in message.body, "HELD-1" in message.body) == (False, False)


def test_what_nobody_can_settle_is_not_named_each_morning() -> None:
    erased = {"erased_at": timezone.now(), "reason": Reason.ERASED}
    for state in (DeliveryState.HELD, DeliveryState.NEEDS_CHOICE):
        make_delivery(state=state, **erased)
    yesterday = timezone.now() - timedelta(days=1)
    make_shipment(make_delivery(**erased), state=ShipmentState.LABELLED, made_at=yesterday)
    sweep()
    assert not mail.outbox
    # A strike lasts for weeks.
    make_delivery(state=DeliveryState.HELD, reason=Reason.PAUSED)
    MorningMail.objects.all().delete()
    sweep()
    assert not mail.outbox
    again = {"erased_at": timezone.now(), "reason": Reason.CHOICE_ERASED}
    make_delivery(reference="AGAIN-1", state=DeliveryState.NEEDS_CHOICE, **again)
    MorningMail.objects.all().delete()
    sweep()
    assert [f"AGAIN-1 – {Reason.CHOICE_ERASED.why()}" in each.body for each in mail.outbox] == [True]


def test_it_says_what_a_buyer_asks_for() -> None:
    for state, reason in (
        (DeliveryState.HELD, Reason.SHOP_HOLD),
        (DeliveryState.HELD, Reason.PAUSED),
        (DeliveryState.NEEDS_CHOICE, Reason.OFFICE_GONE),
    ):
        make_delivery(state=state, reason=reason, wished=Reason.BUYER_CANCELS)
    sweep()
    assert str(mail.outbox[0].body).count(Reason.BUYER_CANCELS.why()) == 3


def test_what_waits_twice_is_named_once_under_the_first_heading_with_the_first_reason() -> None:
    held = make_delivery(reference="HELD-1", state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    make_shipment(held, state=ShipmentState.REFUSED)
    stuck = make_delivery(reference="STUCK-1")
    for parcel in (1, 2):
        make_shipment(stuck, parcel=parcel, state=ShipmentState.ATTENTION, reason=Reason.GAVE_UP)
    waits = {"state": DeliveryState.NEEDS_CHOICE, "reason": Reason.OFFICE_GONE}
    make_shipment(make_delivery(reference="CHOICE-1", **waits), state=ShipmentState.ATTENTION)
    half = make_delivery(reference="HALF-1")
    make_shipment(half, state=ShipmentState.ATTENTION)
    made_at = timezone.now() - timedelta(days=1)
    make_shipment(half, parcel=2, state=ShipmentState.LABELLED, made_at=made_at, group="g")
    sweep()
    [message] = mail.outbox
    assert message.subject == "TEST – 4 post office deliveries need your attention"
    assert [message.body.count(one) for one in ("HELD-1", "STUCK-1", "CHOICE-1", "HALF-1")] == [1] * 4
    assert Reason.ON_HOLD.why() in message.body


def test_a_day_that_a_clock_ran_ahead_to_has_its_mail_when_it_comes(clock: Any) -> None:
    make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    for days in (2, 0, 2):
        clock.move_to(EIGHT + timedelta(days=days))
        sweep()
    assert len(mail.outbox) == 3


@pytest.mark.parametrize("follows", [True, False])
def test_it_says_why_somebody_must_look_for_a_parcel_that_is_followed(follows: bool, change_settings: Any) -> None:
    change_settings(TRACKING=follows)
    seen(astray := in_the_post(reference="ASTRAY-1"), Scan.CARD_LEFT)
    # However long nothing is heard of it.
    Tracking.objects.filter(shipment=astray).update(ended_at=timezone.now())
    seen(in_the_post(reference="READY-1"), Scan.READY)
    seen(in_the_post(reference="REAL-1", live=True), Scan.CARD_LEFT)
    seen(voided := in_the_post(reference="VOIDED-1"), Scan.CARD_LEFT)
    Shipment.objects.filter(pk=voided.pk).update(state=ShipmentState.VOIDED, open_parcel=None, own_tracking_pin=None)
    sweep()
    assert [f"ASTRAY-1 – {Doubt.CARD_LEFT.label}" in each.body for each in mail.outbox] == [True] * follows
    others = ("READY-1", "REAL-1", "VOIDED-1")
    assert not [each for each in mail.outbox if any(other in each.body for other in others)]


def test_it_says_once_that_a_parcel_has_come_on_though_its_refund_is_asked_for(clock: Any) -> None:
    made = {"state": ShipmentState.REFUND_ASKED}
    Shipment.objects.filter(pk=(shipment := in_the_post(reference="REFUND-1", state="cancelled")).pk).update(**made)
    Shipment.objects.filter(pk=in_the_post(reference="UNSEEN-1").pk).update(**made)
    seen(shipment, Scan.IN_TRANSIT)
    for fields in ({"live": True}, {"erased_at": EIGHT}):
        seen(other := in_the_post(reference="OTHER-1"), Scan.IN_TRANSIT)
        Shipment.objects.filter(pk=other.pk).update(**made)
        Delivery.objects.filter(pk=other.delivery_id).update(**fields)
    sweep()
    [told] = mail.outbox
    assert "REFUND-1 – Its refund is asked for, but Canada Post has scanned it." in told.body
    assert not {"UNSEEN-1", "OTHER-1"}.intersection(told.body.split())
    clock.move_to(EIGHT + timedelta(days=2))
    sweep()
    assert len(mail.outbox) == 1


def test_it_is_written_in_the_shops_language(settings: Any) -> None:
    settings.LANGUAGE_CODE = "fr-ca"
    make_shipment(state=ShipmentState.ATTENTION, reason=Reason.NOT_FOUND)
    sweep()
    assert mail.outbox[0].subject == "ESSAI – 1 livraison au bureau de poste demande votre intervention"
    assert "Postes Canada indique détenir déjà le colis" in mail.outbox[0].body
    assert "Intervention requise" in mail.outbox[0].body


def test_nothing_is_sent_where_nothing_waits() -> None:
    make_shipment(state=ShipmentState.REFUSED, delivery=(delivery := make_delivery()))
    make_shipment(delivery, revision=2, state=ShipmentState.LABELLED, made_at=timezone.now())
    make_shipment(make_delivery(state=DeliveryState.CANCELLED), state=ShipmentState.ATTENTION)
    sweep()
    assert mail.outbox == []
    row = MorningMail.objects.get()
    assert (row.ended_at, row.sent) == (timezone.now(), False)


@pytest.mark.parametrize("changed", [{"MORNING_MAIL_AT": None}, {"MORNING_MAIL_AT": "08:01"}, {"CLERKS": []}])
def test_it_waits_for_its_time_and_needs_somebody_to_write_to(changed: Any, change_settings: Any) -> None:
    change_settings(**changed)
    make_delivery(state=DeliveryState.HELD)
    assert write_morning_mail() == 0
    sweep()
    assert mail.outbox == []
    assert not MorningMail.objects.exists()


def test_the_next_day_has_a_mail_of_its_own(clock: Any) -> None:
    make_delivery(state=DeliveryState.HELD)
    sweep()
    clock.shift(timedelta(days=1))
    sweep()
    assert (len(mail.outbox), MorningMail.objects.count()) == (2, 2)
    clock.shift(timedelta(days=60))
    sweep()
    assert list(MorningMail.objects.values_list("day", flat=True)) == [date(2027, 1, 26)]


def test_what_a_killed_worker_may_have_sent_is_not_sent_again(clock: Any) -> None:
    make_delivery(state=DeliveryState.HELD)
    assert [write_morning_mail(), write_morning_mail()] == [1, 0]
    assert claim(MORNING_MAIL, MorningMail.objects.get().pk) is not None
    MorningMail.objects.update(begun=True)
    clock.shift(timedelta(hours=1))
    sweep()
    assert mail.outbox == []
    assert MorningMail.objects.get().ended_at is not None


def test_a_long_list_is_cut_and_counted() -> None:
    for number in range(23):
        make_delivery(reference=f"HELD-{number}", state=DeliveryState.HELD)
        Manifest.objects.create(number=f"PAPER-{number}", state=ManifestState.ATTENTION)
    sweep()
    assert [mail.outbox[0].body.count(name) for name in ("HELD-", "PAPER-", "And 6 more.")] == [20, 20, 1]
    assert Delivery.objects.count() == 23
    assert not Shipment.objects.exists()


def test_its_day_and_what_was_made_before_it_are_of_the_zone_that_the_shop_names(late_in_vancouver: date) -> None:
    # By Django's zone this was yesterday.
    made_at = timezone.now() - timedelta(hours=6)
    make_shipment(make_delivery(reference="TODAY-1"), state=ShipmentState.LABELLED, made_at=made_at)
    make_delivery(state=DeliveryState.HELD)
    sweep()
    assert [row.day for row in MorningMail.objects.all()] == [late_in_vancouver]
    assert "TODAY-1" not in mail.outbox[0].body
