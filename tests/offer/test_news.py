"""What a person is told of where the parcels are, in both languages."""

import re
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.template import Context
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from deliver_to_po.core.choices import Doubt, ParcelState, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.core.wording import day_of_week
from deliver_to_po.models import Delivery, Shipment, Tracking
from deliver_to_po.offer.news import collected_at
from deliver_to_po.offer.summary import Summary, as_text, summarize
from deliver_to_po.templatetags.deliver_to_po import d2po_pickup
from tests.factories import make_delivery, make_draft, make_office, make_shipment
from tests.offer.test_summary import plain

pytestmark = pytest.mark.django_db

P = ParcelState
CONTACT = "Please contact us."
ABOUT_IT = ("Please contact us about this parcel", "Veuillez communiquer avec nous au sujet de ce colis")
UNCLEAR = "Something about this parcel is not as it should be. Contact us before you go to the post office."
# What is said of a parcel that nobody can pick up any longer.
OVER = {P.COLLECTED: "", P.RETURNING: CONTACT, P.RETURNED: CONTACT, P.PERSON: UNCLEAR, P.LOST: UNCLEAR}
STOPS = {"en": ["On its way", "Ready", "Picked up"], "fr": ["En route", "Prêt", "Ramassé"]}
NUMBER = "7023210039414604"


@pytest.fixture
def delivery() -> Delivery:
    """Return a delivery whose parcel is in the post, to a post office whose hours nobody knows."""
    return make_delivery(office_name="COMPTOIR DU COIN", state="released", office_hours=None)


def parcel(delivery: Delivery, state: ParcelState, number: str = NUMBER, **fields: Any) -> Tracking:
    count = delivery.shipments.count() + 1
    shipment = make_shipment(
        delivery, parcel=count, state=ShipmentState.DONE, tracking_pin=number, shipment_id=f"{count}"
    )
    doubt = Doubt.REDIRECTED if state == P.PERSON else Doubt.NONE
    return Tracking.objects.create(shipment=shipment, state=state, doubt=doubt, **fields)


def days(count: int) -> date:
    return shop_day() + timedelta(days=count)


def ready(count: int) -> dict[str, int]:
    """Say that a parcel has been ready since so many days from now."""
    return {"ready_on": count}


def told(delivery: Delivery, language: str = "en") -> Summary:
    return summarize(delivery, language)


@pytest.mark.parametrize(
    ("state", "fields", "english", "french", "reached"),
    [
        (P.NOT_SEEN, {}, "", "", 0),
        (P.ANNOUNCED, {}, "", "", 0),
        (P.IN_TRANSIT, {}, "On its way", "En route", 1),
        (P.IN_TRANSIT, {"expected_on": -1}, "On its way", "En route", 1),
        (P.IN_TRANSIT, {"expected_on": 2}, "On its way, expected on {2}", "En route, attendu le {2}", 1),
        (P.READY, ready(0), "Ready: pick it up by {15}", "Prêt : à ramasser d’ici le {15}", 2),
        (P.READY, ready(-11), "Ready: pick it up by {4}", "Prêt : à ramasser d’ici le {4}", 2),
        (P.READY, ready(-12), "3 days left: pick it up by {3}", "3 jours restants : à ramasser d’ici le {3}", 2),
        (P.READY, ready(-14), "1 day left: pick it up by {1}", "1 jour restant : à ramasser d’ici le {1}", 2),
        (P.READY, ready(-15), "Last day: pick it up today, {0}", "Dernier jour : à ramasser aujourd’hui, {0}", 2),
        (P.READY, ready(-16), "Ready: pick it up as soon as you can", "Prêt : à ramasser dès que possible", 2),
        (P.READY, {}, "Ready: pick it up", "Prêt : à ramasser", 2),
        (P.COLLECTED, {}, "Picked up", "Ramassé", 3),
        (P.RETURNING, {}, "On its way back to us", "En cours de renvoi", 0),
        (P.RETURNED, {}, "It came back to us", "Revenu chez nous", 0),
        (P.PERSON, {}, *ABOUT_IT, 0),
        (P.LOST, {}, *ABOUT_IT, 0),
    ],
)
def test_the_headline_is_what_to_do(
    delivery: Delivery, state: ParcelState, fields: dict[str, int], english: str, french: str, reached: int
) -> None:
    when: dict[str, Any] = {name: days(count) for name, count in fields.items()}
    parcel(delivery, state, **when)
    for language, written in (("en", english), ("fr", french)):
        with override(language):
            headline = re.sub(r"\{(\d+)\}", lambda found: day_of_week(days(int(found[1]))), written)
        summary = told(delivery, language)
        assert plain(summary.status) == plain(headline)
        assert summary.path == tuple(
            zip(STOPS[language], [True] * reached + [False] * 3, strict=False) if reached else ()
        )
        assert (summary.language, summary.office_name == "") == (language, state in OVER)
        assert language == "fr" or summary.status_more == OVER.get(state, summary.status_more)
        assert "ready_on" not in fields or summary.held == "", "the headline says until when"
        if headline:
            assert plain(headline) in as_text(summary)
            html = d2po_html(delivery, language)
            assert plain(headline) in plain(html)
            assert html.count('aria-current="step"') == min(reached, 1)


def d2po_html(delivery: Delivery, language: str) -> str:
    """Return what the template tag shows, without its escapes."""
    with override(language):
        return unescape(str(d2po_pickup(Context(), delivery)))


@pytest.mark.parametrize(
    ("ago", "urgent", "more"),
    [
        (-11, False, "At the post office since"),
        (-12, True, "After that day it comes back to us."),
        (-15, True, "After that day it comes back to us."),
        (-16, True, "It will come back to us soon."),
    ],
)
def test_what_is_said_beside_the_headline_depends_on_how_many_days_are_left(
    delivery: Delivery, ago: int, urgent: bool, more: str
) -> None:
    parcel(delivery, P.READY, ready_on=days(ago))
    assert told(delivery).status_more.startswith(more)
    assert told(delivery).urgent is urgent


def test_while_canada_post_has_suspended_it_no_date_is_told(delivery: Delivery, change_settings: Any) -> None:
    change_settings(HOLD_DAYS=None)
    parcel(delivery, P.READY, ready_on=days(-14))
    assert (told(delivery).status, told(delivery).urgent, told(delivery).held) == ("Ready: pick it up", False, "")


def test_what_is_picked_up_needs_no_office_and_no_photo_id(delivery: Delivery) -> None:
    tracking = parcel(delivery, P.COLLECTED, on=date(2026, 12, 5))
    assert plain(told(delivery).status_more) == "On Saturday, December 5"
    Tracking.objects.filter(pk=tracking.pk).update(time="11:42:00")
    summary = told(delivery, "fr")
    assert plain(summary.status_more) == "Le samedi 5 décembre à 11 h 42"
    assert (summary.office_name, summary.bring, summary.hours, summary.wait) == ("", (), (), "")
    assert summary.tracking_numbers == (NUMBER,)
    assert NUMBER in d2po_html(delivery, "fr")


@pytest.mark.parametrize("state", [P.READY, P.ELSEWHERE])
def test_what_is_ready_is_waited_for_no_longer(delivery: Delivery, state: ParcelState) -> None:
    parcel(delivery, state, ready_on=days(-1), office_id="385964", office_name="MONTREAL PO")
    assert (told(delivery).wait, told(delivery).expected) == ("", "")


def test_another_post_office_is_named_by_what_the_directory_knows(delivery: Delivery) -> None:
    tracking = parcel(delivery, P.ELSEWHERE, office_id="385964", office_name="MONTREAL PO", ready_on=days(0))
    summary = told(delivery)
    assert "a post office other than the chosen one: Montreal PO." in summary.status_more
    assert (summary.office_name, summary.address_lines, summary.map_url) == ("Montreal PO", (), "")
    make_office(
        received_id="0000385964",
        name_en="POSTES CANADA",
        name_fr="BUREAU DU PORT",
        street="1 RUE NOTRE-DAME",
        city="MONTREAL",
        province="QC",
        postal_code="H2Y1A1",
        latitude=45.5,
        longitude=-73.5,
    )
    summary = told(delivery)
    assert summary.office_name == "Postes Canada"
    assert plain(summary.address_lines[1]) == "Montreal QC H2Y 1A1"
    assert "mlat=45.50000" in summary.map_url
    assert "than the chosen one: Postes Canada." in summary.status_more
    assert "Bureau du Port." in told(delivery, "fr").status_more
    assert tracking.office_id.encode() not in d2po_html(delivery, "en").encode()


@pytest.mark.parametrize("state", [P.IN_TRANSIT, P.READY])
def test_what_is_in_the_post_is_for_whom_and_where_it_was_sent_whatever_becomes_of_the_rest(
    delivery: Delivery, state: ParcelState
) -> None:
    parcel(delivery, state, ready_on=days(0))
    named = {"office_id": "385964", "office_name": "NEW COUNTER", "recipient_name": "Zoë"}
    Delivery.objects.filter(pk=delivery.pk).update(**named)
    summary = told(Delivery.objects.get(pk=delivery.pk))
    assert (summary.office_name, summary.recipient_name) == ("Comptoir du Coin", delivery.recipient_name)


def test_while_a_choice_is_needed_only_what_is_in_the_post_is_told_of_beside_it(delivery: Delivery) -> None:
    delivery.state = "needs_choice"
    make_shipment(delivery, state=ShipmentState.DONE, tracking_pin="7023210039414611", shipment_id="7")
    assert (told(delivery).office_name, told(delivery).tracking_numbers) == ("", ())
    parcel(delivery, P.READY, ready_on=days(0))
    summary = told(delivery)
    assert (summary.office_name, summary.tracking_numbers) == ("Comptoir du Coin", (NUMBER,))
    assert (summary.status[:5], bool(summary.warning), bool(summary.choose_url)) == ("Ready", True, True)


def test_another_post_office_without_a_name_is_told_of_without_one(delivery: Delivery) -> None:
    parcel(delivery, P.ELSEWHERE, office_id="385964", ready_on=days(0))
    assert told(delivery).status_more.startswith("Canada Post took it to a post office other than the chosen one. ")


@pytest.mark.parametrize(("hour", "headline"), [(15, "Last day: pick it up today"), (23, "Ready: pick it up as soon")])
def test_after_its_last_opening_nobody_is_sent_there_today(time_machine: Any, hour: int, headline: str) -> None:
    time_machine.move_to(datetime(2026, 12, 7, hour, tzinfo=ZoneInfo("America/Toronto")), tick=False)
    parcel(make_delivery(state="released"), P.READY, ready_on=date(2026, 11, 22))
    summary = told(Delivery.objects.get())
    assert summary.status.startswith(headline)
    assert plain(summary.today) == "Monday, December 7: 8 a.m. – noon, 1 p.m. – 5 p.m."
    last = "Last opening before it goes back: Monday, December 7, until 5 p.m."
    assert plain(summary.last_opening) == (last if hour == 15 else "")


@pytest.mark.parametrize(
    ("shop", "province", "postal_code", "hour", "told"),
    [
        # It is Tuesday in Ontario, and Monday evening where the parcel is.
        ("America/Toronto", "AB", "T5J0N3", 5, "1 day left"),
        # It is the last day in Newfoundland, and the evening before in the shop.
        ("America/Vancouver", "NL", "A1A1A1", 4, "Last day: pick it up today"),
    ],
)
def test_the_days_that_are_left_are_counted_by_the_clock_of_the_post_office(
    shop: str, province: str, postal_code: str, hour: int, told: str, change_settings: Any, time_machine: Any
) -> None:
    change_settings(TIME_ZONE=shop)
    time_machine.move_to(datetime(2026, 12, 8, hour, 30, tzinfo=UTC), tick=False)
    office = {"office_province": province, "office_postal_code": postal_code}
    for hours in ({"2": [["09:00", "17:00"]]}, None):
        tracking = parcel(make_delivery(office_hours=hours, **office), P.READY, ready_on=date(2026, 11, 23))
        assert summarize(tracking.shipment.delivery, "en").status.startswith(told)


def test_an_expected_day_is_told_until_it_is_over_at_the_post_office(time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 12, 8, 5, 30, tzinfo=UTC), tick=False)
    parcel(
        make_delivery(office_province="BC", office_postal_code="V6B1A1"), P.IN_TRANSIT, expected_on=date(2026, 12, 7)
    )
    assert plain(told(Delivery.objects.get()).status) == "On its way, expected on Monday, December 7"


@pytest.mark.parametrize(("learnt", "closes"), [(1, "6 p.m."), (-1, "5 p.m.")])
def test_the_directory_tells_the_clock_of_the_post_office_and_hours_that_were_learnt_since(
    learnt: int, closes: str, time_machine: Any
) -> None:
    # Nunavut's postal areas keep more than one time.
    time_machine.move_to(datetime(2026, 12, 8, 12, tzinfo=UTC), tick=False)
    now = {"hours": {"2": [["09:00", "18:00"]]}, "hours_fetched_at": timezone.now() + timedelta(hours=learnt)}
    make_office(received_id="102978", province="NU", postal_code="X0A0H0", zone="America/Iqaluit", **now)
    there = {"office_province": "NU", "office_postal_code": "X0A0H0"}
    parcel(make_delivery(office_hours={"2": [["09:00", "17:00"]]}, **there), P.READY, ready_on=date(2026, 11, 23))
    summary = summarize(Delivery.objects.get(), "en")
    assert plain(summary.opening) == "Closed, opens at 9 a.m."
    assert plain(summary.today) == f"Tuesday, December 8: 9 a.m. – {closes}"
    last = f"Last opening before it goes back: Tuesday, December 8, until {closes}"
    assert plain(summary.last_opening) == last


@pytest.mark.parametrize(("learnt", "street"), [(1, "1 New St"), (-1, "3080, av. Carling")])
def test_a_post_office_that_has_moved_is_told_of_where_it_is(delivery: Delivery, learnt: int, street: str) -> None:
    moved = {"street": "1 NEW ST", "city": "OTTAWA", "province": "ON", "postal_code": "K2B7K1"}
    make_office(received_id="102978", **moved, offered_at=timezone.now() + timedelta(hours=learnt))
    summary = told(delivery)
    assert (summary.office_name, summary.address_lines[0]) == ("Comptoir du Coin", street)
    assert summary.address_lines[1].endswith("7K1") == (learnt > 0)


def test_a_post_office_is_named_in_the_language_of_what_is_told(delivery: Delivery) -> None:
    names = {"name_en": "CORNER COUNTER", "name_fr": "COMPTOIR DU COIN", "location_en": "CRYSTAL BEACH PO"}
    make_office(received_id="102978", offered_at=None, **names)
    for made in (delivery, make_draft(office_name="COMPTOIR DU COIN", language="fr")):
        english = told(made, "en")
        assert (english.office_name, english.office_location) == ("Corner Counter", "Crystal Beach PO")
        assert told(made, "fr").office_name == "Comptoir du Coin"


@pytest.mark.parametrize(
    ("day", "hour", "told"),
    [
        (25, 12, "Friday, December 25: Holiday: may be closed today"),
        (25, 20, "Friday, December 25: Holiday: may be closed today"),
        (26, 12, "Saturday, December 26: Closed"),
        (29, 20, "Tuesday, December 29: 9 a.m. – 5 p.m."),
    ],
)
def test_on_a_holiday_no_hours_are_told_of_today_even_after_they_are_over(
    day: int, hour: int, told: str, time_machine: Any
) -> None:
    time_machine.move_to(datetime(2026, 12, day, hour, tzinfo=ZoneInfo("America/Toronto")), tick=False)
    weekdays = {str(weekday): [["09:00", "17:00"]] for weekday in range(1, 6)}
    parcel(make_delivery(office_hours=weekdays), P.READY, ready_on=date(2026, 12, 24))
    assert plain(summarize(Delivery.objects.get(), "en").today) == told


def test_the_slowest_of_several_parcels_leads(delivery: Delivery) -> None:
    parcel(delivery, P.COLLECTED)
    parcel(delivery, P.READY, "2", ready_on=days(0))
    assert told(delivery).status.startswith("Ready")
    parcel(delivery, P.IN_TRANSIT, "3")
    assert told(delivery).status == "On its way"
    make_shipment(delivery, parcel=4, state=ShipmentState.LABELLED, tracking_pin="4", shipment_id="4")
    assert told(delivery).status == ""
    parcel(delivery, P.RETURNING, "5")
    assert told(delivery).status == "On its way back to us"


def test_a_parcel_whose_label_is_void_is_not_told_of(delivery: Delivery) -> None:
    tracking = parcel(delivery, P.READY)
    type(tracking.shipment).objects.filter(pk=tracking.shipment_id).update(state=ShipmentState.VOIDED, open_parcel=None)
    assert (told(delivery).status, told(delivery).tracking_numbers) == ("", ())


def test_where_the_parcel_is_costs_no_further_statement(delivery: Delivery) -> None:
    shipment = make_shipment(delivery, state=ShipmentState.DONE, tracking_pin=NUMBER, shipment_id="1")
    with CaptureQueriesContext(connection) as before:
        told(delivery)
    Tracking.objects.create(shipment=shipment, state=P.READY, ready_on=days(0), news_at=timezone.now())
    with CaptureQueriesContext(connection) as after:
        told(delivery)
    assert len(after) == len(before)


def test_when_an_order_was_picked_up_is_when_its_last_parcel_was_by_the_clock_of_its_post_office(
    delivery: Delivery, change_settings: Any
) -> None:
    change_settings(TIME_ZONE="America/Vancouver")
    assert collected_at(delivery.order) is None
    parcel(delivery, P.COLLECTED, on=days(-3), time="16:05:00")
    last = parcel(delivery, P.READY, "7023210039414605")
    assert collected_at(delivery.order) is None
    Tracking.objects.filter(pk=last.pk).update(state=P.COLLECTED, on=days(-1), time="10:05:00")
    expected = datetime.combine(days(-1), time(10, 5), ZoneInfo("America/Toronto"))
    assert collected_at(delivery.order) == expected
    Tracking.objects.filter(pk=last.pk).update(time="")
    assert collected_at(delivery.order) == expected.replace(hour=23, minute=59, second=59, microsecond=999999)
    # Nunavut's postal areas keep more than one time.
    Delivery.objects.update(office_province="NU", office_postal_code="X0A0H0")
    in_the_shop = datetime.combine(days(-1), time.max, ZoneInfo("America/Vancouver"))
    assert collected_at(delivery.order) == in_the_shop, "nobody knows the clock of that post office"
    office = make_office(received_id="102978", province="NU", postal_code="X0A0H0", zone="America/Iqaluit")
    assert collected_at(delivery.order) == in_the_shop.replace(tzinfo=ZoneInfo("America/Iqaluit"))
    office.delete()
    make_shipment(delivery, parcel=4, state=ShipmentState.REFUND_ASKED, tracking_pin="4", shipment_id="4")
    assert collected_at(delivery.order) == in_the_shop
    make_shipment(delivery, parcel=3)
    assert collected_at(delivery.order) is None
    Shipment.objects.filter(parcel=3).update(state=ShipmentState.DROPPED, open_parcel=None)
    assert collected_at(delivery.order) is not None
    Tracking.objects.filter(pk=last.pk).update(state=P.PERSON, doubt=Doubt.CONTRADICTED)
    assert collected_at(delivery.order) is None
    order: Any = delivery.order
    order._state.adding = True
    with pytest.raises(ValueError, match="save the order"):
        collected_at(order)
