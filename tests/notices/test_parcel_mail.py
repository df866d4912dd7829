"""What people are told of where their parcel is: once, to whom it concerns, and only while it is so."""

import smtplib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.utils import timezone

from deliver_to_po.core.choices import (
    DeliveryState,
    NoticeKind,
    NoticeOutcome,
    NoticeProblem,
    ParcelState,
    Reason,
    Scan,
    ShipmentState,
)
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.labels.pdf_pages import text_of
from deliver_to_po.models import Delivery, Notice, Shipment, Tracking, TrackingEvent
from deliver_to_po.notices.occasions import is_still_so, send_again, tell_after_all, write_notices
from deliver_to_po.tracking.learning import end_as_told, let_go_on, undo_end
from tests.factories import RECIPIENT, make_office, make_shipment
from tests.notices.needing import START, kinds_sent, sweep
from tests.notices.parcels import CHOSEN, OTHER, PIN, THIRD, arrived, days, in_the_post, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "bystanders")]

BUYER = "buyer@example.com"
EVERYTHING = {"LABEL_MADE": True, "READY": True, "FIFTH_DAY": True}


@pytest.fixture(autouse=True)
def _buyer(shop_says: Any) -> None:
    shop_says("email", BUYER)


def told() -> list[tuple[str, str]]:
    """Return to whom each e-mail went, and its subject without the order's number."""
    return [(message.to[0], message.subject.split(": ", 1)[1]) for message in mail.outbox]


def test_each_is_told_once_in_its_time_to_whom_it_concerns(clock: Any, change_settings: Any) -> None:
    change_settings(TELL=EVERYTHING)
    shipment = in_the_post()
    sweep()
    seen(shipment, Scan.IN_TRANSIT, Scan.READY)
    sent_on = [0]
    for day in (0, 0, 4, 5, 7, 8, 15):
        clock.move_to(START + days(day))
        sweep()
        sent_on += [day] * (len(mail.outbox) - len(sent_on))
    seen(shipment, Scan.RETURNING)
    sweep()
    assert told() == [
        (BUYER, "its tracking number"),
        (RECIPIENT.email, "ready at the post office"),
        (RECIPIENT.email, "still waiting at the post office"),
        (RECIPIENT.email, "last days to pick it up"),
        (BUYER, "on its way back to us"),
    ]
    # The counter is open on Mondays and Saturdays; the fifteenth day, December 11, is a Friday.
    assert sent_on == [0, 0, 5, 8]
    assert all(shipment.delivery.reference in message.subject for message in mail.outbox)
    assert ["The shipping label is made" in message.body for message in mail.outbox] == [True, *[False] * 4]
    sent: Any = mail.outbox
    parts = [(message.body, message.alternatives[0][0]) for message in sent]
    asks = [["If you have questions" in part for part in both] for both in parts]
    assert asks == [*[[True, True]] * 4, [False, False]]
    assert all("\nExample Shop\n" in text and "<p>Example Shop</p>" in html for text, html in parts)
    # The letter of authorization is for whoever picks up.
    assert [bool(message.attachments) for message in mail.outbox] == [False, True, True, True, False]


def test_a_label_is_told_once_its_tracking_number_is_known(change_settings: Any) -> None:
    change_settings(TELL={"LABEL_MADE": True})
    rows = Shipment.objects.filter(pk=in_the_post().pk)
    rows.update(tracking_pin="")
    sweep()
    assert mail.outbox == []
    rows.update(tracking_pin=PIN)
    sweep()
    assert [PIN in message.body for message in mail.outbox] == [True]


def said_otherwise(message: Any) -> list[str]:
    """Return the lines of an e-mail's text that are not, word for word, in its HTML too."""
    told = " ".join(BeautifulSoup(message.alternatives[0][0], "html.parser").get_text(" ").split())
    lines = [" ".join(line.removeprefix("- ").split()) for line in str(message.body).splitlines()]
    return [line for line in lines if line not in told and not line.isupper()]


def test_what_is_no_sentence_has_a_line_of_its_own(change_settings: Any) -> None:
    change_settings(TELL={"LABEL_MADE": True})
    quote = {"about": "x", "kind": "fresh", "rate": None, "expected_from": "2026-12-01"}
    in_the_post(price=Decimal(9), service="DOM.EP", quote=quote)
    sweep()
    message: Any = mail.outbox[0]
    assert "December\N{NO-BREAK SPACE}1<br>Wait for" in message.alternatives[0][0]
    assert len(said_otherwise(message)) == 5


def test_by_default_only_what_canada_post_does_not_say_is_told(clock: Any) -> None:
    shipment = in_the_post()
    seen(shipment, Scan.READY)
    for day in (0, 5, 8, 9):
        clock.move_to(START + days(day))
        sweep()
    seen(shipment, Scan.DELIVERED)
    sweep()
    assert kinds_sent() == [row.kind for row in Notice.objects.all()] == ["last_days"]


def test_after_a_mistake_about_its_end_people_are_told_what_they_would_have_been_and_nothing_twice(
    clock: Any, change_settings: Any
) -> None:
    change_settings(TELL=EVERYTHING)
    shipment = in_the_post()
    sweep()
    seen(shipment, Scan.READY)
    sweep()
    tracking = Tracking.objects.get(shipment=shipment)
    assert end_as_told(tracking, ParcelState.LOST, user=None, note="")
    clock.move_to(START + days(5))
    sweep()
    assert kinds_sent() == ["label_made", "ready"]
    assert undo_end(tracking, user=None, note="")
    tell_after_all(shipment)
    sweep()
    sweep()
    assert kinds_sent() == ["label_made", "ready", "fifth_day"]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            (
                "Ready: pick it up by Monday, December 7",
                "Last opening before it goes back: Monday, December 7, until 5 p.m.",
                "Thursday, November 26: Closed",
                "Map: https://www.openstreetmap.org/?mlat=",
                f"{RECIPIENT.name} must show government-issued photo ID with this name.",
                "for somebody who lives at another address. A calendar file comes with it, too",
                "If the parcel is picked up already, there is nothing left to do.",
            ),
        ),
        (
            "fr",
            (
                "Prêt : à ramasser d’ici le lundi 7 décembre",
                "Dernière ouverture avant le renvoi : lundi 7 décembre, jusqu’à 17 h",
                "Jeudi 26 novembre : Fermé",
                "Carte : https://www.openstreetmap.org/?mlat=",
                "pour une personne qui habite à une autre adresse. Il est aussi accompagné d’un fichier de calendrier",
                "Si le colis est déjà ramassé, il n’y a plus rien à faire.",
            ),
        ),
    ],
)
def test_who_picks_up_is_told_where_and_until_when(
    change_settings: Any, language: str, sentences: tuple[str, ...]
) -> None:
    change_settings(TELL={"READY": True})
    shipment = in_the_post(language)
    seen(shipment, Scan.READY)
    sweep()
    message: Any = mail.outbox[0]
    body = str(message.body).replace("\N{NO-BREAK SPACE}", " ")
    assert [sentence for sentence in sentences if sentence not in body] == []
    html = str(message.alternatives[0][0])
    # These have a heading or are a link there.
    where, directions, *_hours_service_number = labelled = said_otherwise(message)
    assert len(labelled) == 5
    links = [link["href"] for link in BeautifulSoup(html, "html.parser")("a")]
    assert links[:2] == [line.rpartition(": ")[2] for line in (where, directions)]
    assert f'<html lang="{language}">' in html
    mark = "ESSAI –" if language == "fr" else "TEST –"
    assert message.subject.startswith(mark)
    assert f"<p>{mark}" in html
    assert "<img" not in html
    assert "Counter &amp; Sons" in html
    assert PIN in html
    assert "track-reperage" not in html, "nobody knows the number of a test"


def test_while_canada_post_has_suspended_returns_no_date_is_told_and_no_last_day(
    clock: Any, change_settings: Any
) -> None:
    change_settings(TELL={"READY": True, "FIFTH_DAY": True}, HOLD_DAYS=None)
    seen(in_the_post(), Scan.READY)
    for day in (0, 8, 15):
        clock.move_to(START + days(day))
        sweep()
    assert kinds_sent() == ["ready", "fifth_day"]
    for message in mail.outbox:
        assert "pick it up by" not in message.body
        assert "calendar file" not in message.body
        assert [name for name, *_ in message.attachments] == ["letter-of-authorization.pdf"]


@pytest.mark.parametrize("suspended_from", [0, 7], ids=["before it came", "while it waits"])
def test_the_last_days_are_told_once_returns_go_on(clock: Any, change_settings: Any, suspended_from: int) -> None:
    shipment = in_the_post()
    for day in range(20):
        clock.move_to(START + days(day))
        change_settings(HOLD_DAYS=None if suspended_from <= day < 12 else 20)
        if day == 0:
            seen(shipment, Scan.READY)
        sweep()
        assert (day, kinds_sent()) == (day, ["last_days"] if day >= 15 else [])
    assert "pick it up by Monday, December 14" in mail.outbox[0].body


def test_nobody_is_told_where_a_parcel_is_once_none_is_followed(clock: Any, change_settings: Any) -> None:
    change_settings(TELL=EVERYTHING)
    arrived()
    write_notices()
    change_settings(TRACKING=False)
    clock.shift(days(10))
    sweep()
    assert kinds_sent() == ["label_made"]


def test_who_picked_it_up_while_returns_are_suspended_is_waited_for_no_longer(change_settings: Any) -> None:
    change_settings(HOLD_DAYS=None)
    shipment, other = arrived(), arrived()
    sweep()
    Notice.objects.update(due_at=timezone.now())
    seen(shipment, Scan.DELIVERED)
    sweep()
    outcomes = [row.delivery.notices.get(kind=NoticeKind.LAST_DAYS).outcome for row in (shipment, other)]
    assert outcomes == [NoticeOutcome.NOT_NEEDED, NoticeOutcome.TO_SEND]


def test_the_fifth_day_is_that_at_the_post_office_where_it_is_and_is_told_late_where_the_last_days_are_not(
    clock: Any, change_settings: Any
) -> None:
    change_settings(TELL={"FIFTH_DAY": True, "ELSEWHERE": False, "LAST_DAYS": False})
    shipment = in_the_post()
    seen(shipment, Scan.READY)
    sweep()
    clock.shift(days(4))
    seen(shipment, Scan.READY, at=OTHER)
    for day, sent in ((5, 0), (8, 0), (18, 1)):
        clock.move_to(START + days(day))
        sweep()
        assert len(mail.outbox) == sent
        assert not Notice.objects.exclude(problem=NoticeProblem.NONE).exists()
    assert kinds_sent() == ["fifth_day"]


def test_who_is_told_of_the_last_days_is_not_told_of_the_fifth_day_as_well(clock: Any, change_settings: Any) -> None:
    change_settings(TELL={"FIFTH_DAY": True})
    seen(in_the_post(), Scan.READY)
    sweep()
    mornings = {row.kind: (row.lease, row.due_at) for row in Notice.objects.all()}
    at_nine = START.replace(hour=9)
    assert mornings == {"fifth_day": (None, at_nine + days(5)), "last_days": (None, at_nine + days(8))}
    clock.shift(days(8))
    sweep()
    assert kinds_sent() == ["last_days"]


def test_what_is_another_office_is_told_and_so_is_the_next_one() -> None:
    shipment = arrived(OTHER)
    sweep()
    # An earlier event of the same comes late.
    seen(shipment, Scan.READY, at=OTHER.lstrip("0"), time="07:00:00")
    sweep()
    assert told() == [(RECIPIENT.email, "it waits at another post office")]
    seen(shipment, Scan.READY, at=THIRD, time="11:00:00")
    sweep()
    seen(shipment, Scan.READY, at=OTHER, time="12:00:00")
    sweep()
    seen(shipment, Scan.READY, at=THIRD, time="12:00:00", on=shop_day() + days(1))
    sweep()
    assert [subject for _, subject in told()] == ["it waits at another post office"] * 4
    assert all("than the chosen one: Montreal PO" in message.body for message in mail.outbox)


def test_who_was_told_of_another_office_is_told_when_it_is_at_the_chosen_one_after_all() -> None:
    shipment = arrived(OTHER)
    sweep()
    seen(shipment, Scan.READY, at=CHOSEN, time="11:00:00")
    sweep()
    assert [subject for _, subject in told()] == ["it waits at another post office"] * 2
    assert "Counter & Sons" in mail.outbox[1].body
    assert "than the chosen one" not in mail.outbox[1].body
    arrived(CHOSEN)
    sweep()
    assert len(mail.outbox) == 2


def test_that_it_was_called_elsewhere_keeps_nobody_from_being_told_that_it_is_ready(change_settings: Any) -> None:
    change_settings(TELL={"READY": True})
    shipment = in_the_post()
    seen(shipment, Scan.READY, at=CHOSEN, time="10:00:00")
    event = TrackingEvent.objects.get()
    sent = {"outcome": NoticeOutcome.SENT, "sent_at": timezone.now()}
    Notice.objects.create(delivery=shipment.delivery, kind=NoticeKind.ELSEWHERE, occasion=event.pk, **sent)
    seen(shipment, Scan.REMINDED, at=CHOSEN, time="11:00:00")
    sweep()
    assert [subject for _to, subject in told()] == ["ready at the post office"]


@pytest.mark.parametrize(("first", "second"), [(CHOSEN, OTHER), (OTHER, CHOSEN)])
def test_what_comes_back_to_a_post_office_is_told_once_more(change_settings: Any, first: str, second: str) -> None:
    change_settings(TELL={"READY": True})
    shipment = in_the_post()
    today = [("08", second), ("10", first), ("09", first), ("11", first), ("12", second)]
    for day, events in enumerate([today, [("10", first), ("14", first)]]):
        for hour, office in events:
            seen(shipment, Scan.IN_TRANSIT, Scan.READY, at=office, time=f"{hour}:00:00", on=shop_day() + days(day))
            sweep()
    words = {CHOSEN: "ready at the post office", OTHER: "it waits at another post office"}
    assert [subject for _to, subject in told()] == [words[office] for office in (second, first, second, first)]


@pytest.mark.parametrize("late", [Scan.DELIVERED, Scan.RETURNING])
def test_what_is_no_longer_so_when_it_is_to_be_sent_is_not_told(change_settings: Any, late: Scan) -> None:
    change_settings(TELL={"READY": True, "LAST_DAYS": False, "RETURNING": False})
    shipment = arrived()
    write_notices()
    seen(shipment, late)
    sweep()
    assert mail.outbox == []
    assert set(Notice.objects.values_list("outcome", flat=True)) == {NoticeOutcome.NOT_NEEDED}


def test_what_nobody_follows_any_longer_waits_for_no_person(change_settings: Any) -> None:
    change_settings(TELL={"READY": True})
    shipment = arrived()
    write_notices()
    seen(shipment, Scan.REDIRECTED)
    Tracking.objects.filter(shipment=shipment).update(ended_at=timezone.now())
    sweep()
    row = Notice.objects.get(delivery=shipment.delivery, kind=NoticeKind.READY)
    assert row.outcome == NoticeOutcome.NOT_NEEDED


def test_what_a_person_must_look_at_first_is_told_once_they_let_it_go_on(
    clock: Any, mailer: Any, change_settings: Any, admin_user: Any
) -> None:
    change_settings(TELL={"READY": True, "FIFTH_DAY": True})
    mailer.append(smtplib.SMTPDataError(421, b"later"))
    shipment = arrived()
    sweep()
    seen(shipment, Scan.REDIRECTED)
    clock.move_to(START + days(6))
    sweep()
    assert mail.outbox == []
    waits = timezone.now() + timedelta(hours=1)
    rows = Notice.objects.filter(kind__in=("ready", "fifth_day"))
    assert set(rows.values_list("lease", "due_at")) == {(None, waits)}
    assert let_go_on(Tracking.objects.get(shipment=shipment), user=admin_user, note="")
    clock.shift(timedelta(hours=1))
    sweep()
    # Both are due at once.
    assert sorted(kinds_sent()) == ["fifth_day", "ready"]


def test_nothing_old_is_told(clock: Any, change_settings: Any) -> None:
    begins_late = in_the_post()
    Tracking.objects.filter(shipment=begins_late).update(created_at=timezone.now() + days(10))
    seen(begins_late, Scan.READY)
    write_notices()
    assert not Notice.objects.exists()
    switched_on_late, erased, cancelled = in_the_post(), in_the_post(), in_the_post()
    seen(switched_on_late, Scan.READY)
    clock.shift(days(4))
    change_settings(TELL=EVERYTHING)
    seen(erased, Scan.READY)
    seen(cancelled, Scan.READY)
    Delivery.objects.filter(pk=erased.delivery_id).update(erased_at=timezone.now())
    Delivery.objects.filter(pk=cancelled.delivery_id).update(state=DeliveryState.CANCELLED)
    sweep()
    assert mail.outbox == []
    # What comes to be otherwise is news.
    seen(begins_late, Scan.RETURNING)
    sweep()
    assert told() == [(BUYER, "on its way back to us")]


def test_of_two_parcels_each_is_told_with_its_own_number(change_settings: Any) -> None:
    change_settings(TELL={"READY": True})
    first = in_the_post()
    second = Shipment.objects.get(pk=first.pk)
    second.pk, second.parcel, second.tracking_pin = None, 2, "7023210039414698"
    second.open_parcel, second.request_id = f"{first.delivery_id.hex}.2", "f" * 32
    second.save()
    Tracking.objects.create(shipment=second, state=ParcelState.IN_TRANSIT)
    # Another recipient is named since; the label of this parcel names the former one.
    Delivery.objects.filter(pk=first.delivery_id).update(recipient_email="zoe@example.com", recipient_name="Zoë")
    seen(first, Scan.READY)
    sweep()
    [message] = mail.outbox
    assert message.to == [RECIPIENT.email]
    assert (f"{RECIPIENT.name} must show" in message.body, "Zoë" in message.body) == (True, False)
    assert ("Ready: pick it up" in message.body, PIN in message.body, second.tracking_pin in message.body) == (
        *(True, True),
        False,
    )
    row = Notice.objects.get(kind=NoticeKind.READY)
    seen(first, Scan.DELIVERED)
    seen(second, Scan.READY)
    assert not is_still_so(row)
    sweep()
    assert [second.tracking_pin in message.body for message in mail.outbox] == [False, True]


def test_of_two_buyers_whose_parcels_came_at_once_each_is_told_of_their_own(change_settings: Any) -> None:
    change_settings(TELL={"READY": True})
    names = ("Ann One", "Ben Two")
    for name in names:
        seen(in_the_post(recipient=replace(RECIPIENT, name=name)), Scan.READY)
    sweep()
    told_of = [[name for name in names if name in message.body] for message in mail.outbox]
    assert sorted(told_of) == [[name] for name in names]


def test_a_parcel_whose_recipient_nobody_can_write_to_says_so(shop_says: Any, change_settings: Any) -> None:
    change_settings(TELL={"READY": True})
    shop_says("email", "")
    shipment = in_the_post()
    Shipment.objects.filter(pk=shipment.pk).update(recipient_email="")
    seen(shipment, Scan.READY)
    sweep()
    row = Notice.objects.get(kind=NoticeKind.READY)
    assert (row.outcome, row.problem, mail.outbox) == (NoticeOutcome.FAILED, NoticeProblem.NO_ADDRESS, [])


def test_a_parcel_waits_where_it_was_sent_though_the_others_go_to_another_office_by_now(change_settings: Any) -> None:
    change_settings(TELL={"READY": True})
    hours = {"6": [["10:00", "17:00"]]}
    make_office(received_id=CHOSEN, name_en="COUNTER & SONS", province="ON", postal_code="K2B7K0", hours=hours)
    shipment = in_the_post()
    Delivery.objects.filter(pk=shipment.delivery_id).update(office_id=OTHER, office_name="NEW COUNTER")
    seen(shipment, Scan.READY)
    sweep()
    message: Any = mail.outbox[0]
    letter, calendar = (content for _name, content, _kind in message.attachments)
    for text in (message.body, message.alternatives[0][0], text_of(letter), calendar):
        assert ("Counter &" in text, "New Counter" in text) == (True, False)


def test_a_parcel_that_waits_is_told_though_the_others_need_a_choice_and_holds_no_link_to_make_it(
    change_settings: Any,
) -> None:
    change_settings(TELL={"LABEL_MADE": True, "READY": True})
    shipment = in_the_post()
    fields = {"state": DeliveryState.NEEDS_CHOICE, "reason": Reason.OFFICE_NO_LONGER}
    Delivery.objects.filter(pk=shipment.delivery_id).update(**fields)
    seen(shipment, Scan.READY)
    sweep()
    assert told() == [(RECIPIENT.email, "ready at the post office")]
    for text in (mail.outbox[0].body, str(mail.outbox[0].message())):
        assert ("Counter &" in text, "no longer accepts" in text, "/again/" in text) == (True, False, False)


def test_who_picks_up_is_not_told_why_the_order_is_on_hold(change_settings: Any) -> None:
    change_settings(TELL={"READY": True})
    fields = {"state": DeliveryState.HELD, "reason": Reason.CHARGED_OTHERWISE}
    Delivery.objects.filter(pk=arrived().delivery_id).update(**fields)
    sweep()
    assert ["What you paid" in message.body for message in mail.outbox] == [False]


def test_a_voided_label_is_told_to_nobody(change_settings: Any) -> None:
    change_settings(TELL=EVERYTHING)
    shipment = in_the_post()
    seen(shipment, Scan.READY)
    Shipment.objects.filter(pk=shipment.pk).update(state=ShipmentState.VOIDED, open_parcel=None)
    make_shipment(shipment.delivery, parcel=1, revision=2, state=ShipmentState.DONE)
    sweep()
    assert Notice.objects.count() == 0


@pytest.mark.parametrize(
    ("error", "mails"), [(smtplib.SMTPDataError(550, b"no"), 1), (TimeoutError(), 0)], ids=["refused", "unknown"]
)
def test_who_was_surely_not_told_of_another_post_office_is_told_when_more_is_known(
    error: Exception, mails: int, mailer: Any
) -> None:
    mailer.append(error)
    shipment = arrived(OTHER)
    sweep()
    seen(shipment, Scan.READY, at=OTHER, time="07:00:00")
    sweep()
    assert [subject for _to, subject in told()] == ["it waits at another post office"] * mails


def test_a_clerk_sends_one_again_while_it_is_so(change_settings: Any) -> None:
    change_settings(TELL={"READY": True})
    shipment = arrived()
    sweep()
    row = Notice.objects.get(delivery=shipment.delivery, kind=NoticeKind.READY)
    # Nobody knows what came of it.
    ended = {"outcome": NoticeOutcome.FAILED, "problem": NoticeProblem.INTERRUPTED, "sent_at": None}
    Notice.objects.filter(pk=row.pk).update(**ended, begun=True, tries=5)
    assert send_again(row)
    row.refresh_from_db()
    assert (row.outcome, row.problem, row.begun, row.tries, row.due_at) == ("", "", False, 0, timezone.now())
    sweep()
    assert len(mail.outbox) == 2
    change_settings(TELL={"READY": False})
    assert not send_again(row)
    change_settings(TELL={"READY": True})
    seen(shipment, Scan.DELIVERED)
    assert not is_still_so(row)
    assert not send_again(row)


def test_what_is_ready_without_an_event_that_says_so_keeps_no_other_from_being_told(change_settings: Any) -> None:
    change_settings(TELL={"READY": True, "LAST_DAYS": False})
    unknown = in_the_post()
    Tracking.objects.filter(shipment=unknown).update(state=ParcelState.READY, news_at=timezone.now())
    seen(in_the_post(), Scan.READY)
    sweep()
    assert kinds_sent() == ["ready"]


def test_what_is_just_being_sent_is_not_sent_again(change_settings: Any) -> None:
    change_settings(TELL={"READY": True})
    seen(in_the_post(), Scan.READY)
    write_notices()
    Notice.objects.update(lease=uuid4())
    row = Notice.objects.get(kind=NoticeKind.READY)
    assert is_still_so(row)
    assert not send_again(row)
