"""What a person is told about a delivery, in both languages: sentence by sentence."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from deliver_to_po.core.choices import DeliveryState, NoticeKind, NoticeOutcome, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery, Notice, Tracking
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.offer.summary import Summary, as_text, parcels_told, summarize
from tests.factories import make_delivery, make_draft, make_shipment

pytestmark = pytest.mark.django_db

NAME = "Marie-Ève Côté"
HEADINGS = {"en": "Pick up at the post office", "fr": "Ramassage au bureau de poste"}
# What each sentence must say, however it is worded.
FACTS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "hours_note": ("counter", "statutory holidays", "may be closed"),
        "wait": ("Wait for", "Canada Post", "ready"),
        "held": ("15 days", "return"),
    },
    "fr": {
        "hours_note": ("comptoir", "jours fériés", "fermé"),
        "wait": ("attendre", "Postes Canada", "prêt"),
        "held": ("15 jours", "renvoyé"),
    },
}
BRING: dict[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("government-issued photo ID", NAME),
        ("no address", "passport", "proof of"),
        ("same address",),
        ("letter of authorization", "their own photo ID"),
    ),
    "fr": (
        ("pièce d’identité", "avec photo", "gouvernement", NAME),
        ("passeport", "preuve de résidence"),
        ("même adresse",),
        ("lettre d’autorisation", "sa propre pièce d’identité"),
    ),
}
LANGUAGES = ("en", "fr")
NOW = timezone.now()
QUOTE = {"about": "x", "kind": "fresh", "rate": None, "expected_from": "2026-12-01"}


@pytest.fixture
def delivery() -> Delivery:
    """Return a delivery to COMPTOIR DU COIN for Marie-Ève Côté, beside another one that is nobody's business here."""
    other = make_delivery(office_name="ELSEWHERE", recipient_name="Somebody Else")
    make_shipment(other, tracking_pin="9999999999999999", shipment_id="9")
    return make_delivery(office_name="COMPTOIR DU COIN")


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def missing(facts: tuple[str, ...], sentence: str) -> list[str]:
    return [fact for fact in facts if fact not in plain(sentence)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FACTS["en"])
def test_each_sentence_says_what_it_must(delivery: Delivery, language: str, name: str) -> None:
    assert missing(FACTS[language][name], getattr(summarize(delivery, language), name)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_bring_is_said_line_by_line_with_the_name_on_the_photo_id(delivery: Delivery, language: str) -> None:
    summary = summarize(delivery, language)
    assert [missing(facts, line) for facts, line in zip(BRING[language], summary.bring, strict=True)] == [[]] * 4
    assert summary.recipient_name == NAME


@pytest.mark.parametrize(
    ("own", "asked", "language"),
    [("en", None, "en"), ("fr", None, "fr"), ("en", "fr-ca", "fr"), ("en", "fr", "fr"), ("fr", "en-ca", "en")],
)
def test_a_language_that_is_asked_for_comes_before_the_delivery_s_own_and_that_before_the_active_one(
    delivery: Delivery, own: str, asked: str | None, language: str
) -> None:
    delivery.language = own
    with translation.override("fr" if language == "en" else "en"):
        summary = summarize(delivery, asked)
    assert (summary.language, summary.heading) == (language, HEADINGS[language])


def test_the_office_is_named_with_its_whole_address(delivery: Delivery) -> None:
    summary = summarize(delivery, "en")
    street, city = summary.address_lines
    assert (summary.office_name, summary.office_location) == ("Comptoir du Coin", "Plage Cristal")
    assert street == "3080, av. Carling"
    assert city == "Ottawa ON K2B\N{NO-BREAK SPACE}7K0"


def test_a_number_stays_on_the_line_of_its_sign_and_is_typed_plainly_in_an_email(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(office_name="GROCERY # 4", office_location="MALL # 5")
    delivery.refresh_from_db()
    summary = summarize(delivery, "en")
    whole = "Grocery #\N{NO-BREAK SPACE}4", "Mall #\N{NO-BREAK SPACE}5"
    assert (summary.office_name, summary.office_location) == whole
    assert "\nGrocery # 4\nMall # 5\n" in as_text(summary)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE)
    delivery.refresh_from_db()
    summary = summarize(delivery, "en")
    assert f"{whole[0]} no longer accepts parcels." in summary.warning
    assert "Grocery # 4 no longer accepts parcels." in as_text(summary)


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        ("en", ["Monday: 8 a.m. – noon, 1 p.m. – 5 p.m.", "Tuesday to Friday: Closed", "Saturday: 10 a.m. – 2 p.m."]),
        ("fr", ["Lundi: de 8 h à midi, de 13 h à 17 h", "Du mardi au vendredi: Fermé", "Samedi: de 10 h à 14 h"]),
    ],
)
def test_the_counter_s_hours_are_told_from_monday_on(delivery: Delivery, language: str, rows: list[str]) -> None:
    hours = [f"{plain(days)}: {plain(times)}" for days, times in summarize(delivery, language).hours]
    assert hours[:3] == rows


def test_hours_that_nobody_knows_are_left_out(delivery: Delivery) -> None:
    delivery.office_hours = None
    assert summarize(delivery, "en").hours == ()


def test_the_map_shows_the_office_and_nothing_about_the_person(delivery: Delivery) -> None:
    summary = summarize(delivery, "en")
    assert summary.map_url == "https://www.openstreetmap.org/?mlat=45.35450&mlon=-75.80610#map=17/45.35450/-75.80610"
    assert summary.directions_url == "https://www.openstreetmap.org/directions?to=45.35450%2C-75.80610"


@pytest.mark.parametrize("unknown", ["office_latitude", "office_longitude"])
def test_without_a_place_there_is_no_map(delivery: Delivery, unknown: str) -> None:
    setattr(delivery, unknown, None)
    assert (summarize(delivery, "en").map_url, summarize(delivery, "en").directions_url) == ("", "")


def test_on_the_equator_there_is_a_map(delivery: Delivery) -> None:
    delivery.office_latitude = delivery.office_longitude = 0.0
    assert "mlat=0.00000&mlon=0.00000" in summarize(delivery, "en").map_url


def test_every_tracking_number_of_this_delivery_is_told(delivery: Delivery) -> None:
    make_shipment(delivery, parcel=1, tracking_pin="7023210039414604", shipment_id="1", state=ShipmentState.MADE)
    make_shipment(delivery, parcel=2)
    make_shipment(delivery, parcel=3, tracking_pin="7023210039414611", shipment_id="3", state=ShipmentState.MADE)
    assert set(summarize(delivery, "en").tracking_numbers) == {"7023210039414604", "7023210039414611"}


def test_only_what_has_a_number_is_looked_for_where_it_is(delivery: Delivery) -> None:
    make_shipment(delivery)
    Tracking.objects.create(shipment=make_shipment(delivery, parcel=2, tracking_pin="2", state=ShipmentState.DONE))
    make_shipment(delivery, parcel=3, tracking_pin="3", state=ShipmentState.DONE)
    make_shipment(delivery, parcel=4, tracking_pin="4", state=ShipmentState.REFUND_ASKED)
    # It came back and is shipped again.
    make_shipment(delivery, parcel=5, tracking_pin="5", state=ShipmentState.DONE, open_parcel=None)
    with CaptureQueriesContext(connection) as executed:
        told = [(shipment.parcel, tracking_of(shipment) is not None) for shipment in parcels_told(delivery)]
    assert told == [(1, False), (2, True), (3, False)]
    assert len(executed) == 2


def test_before_the_label_there_is_no_tracking_number(delivery: Delivery) -> None:
    assert summarize(delivery, "en").tracking_numbers == ()


HELD, CHOOSING, CANCELLED = DeliveryState.HELD, DeliveryState.NEEDS_CHOICE, DeliveryState.CANCELLED
WARNINGS: list[tuple[dict[str, Any], str, str]] = [
    ({"state": DeliveryState.PLACED}, "en", ""),
    ({"state": DeliveryState.RELEASED}, "fr", ""),
    ({"state": HELD}, "en", "This delivery is on hold. Please contact us if you have questions."),
    ({"state": HELD}, "fr", "Cette livraison est retenue. Veuillez communiquer avec nous"),
    ({"state": HELD, "reason": Reason.PARCELS_CHANGED}, "en", "Your order was changed after its delivery"),
    ({"state": HELD, "reason": Reason.CHARGED_OTHERWISE}, "en", "What you paid for the delivery is not"),
    ({"state": HELD, "wished": Reason.BUYER_TO_HOME}, "en", "You asked us to deliver to your home instead."),
    ({"wished": Reason.BUYER_CANCELS}, "en", "You asked us to cancel this delivery."),
    ({"state": HELD, "wished": Reason.BUYER_CANCELS, "stop_asked_at": NOW}, "en", "This delivery is on hold."),
    ({"state": CANCELLED}, "en", "This delivery is cancelled."),
    ({"state": CANCELLED, "wished": Reason.BUYER_CANCELS}, "fr", "Cette livraison est annulée."),
    ({"state": CANCELLED, "erased_at": NOW}, "en", "This delivery is cancelled."),
    ({"state": CHOOSING, "erased_at": NOW}, "fr", "Les coordonnées du destinataire ont été effacées"),
    ({"state": CHOOSING}, "en", "No post office is chosen for this order."),
    ({"state": CHOOSING}, "fr", "Aucun bureau de poste n’est choisi pour cette commande."),
    ({"state": CHOOSING, "reason": Reason.OFFICE_NO_LONGER}, "en", "Comptoir du Coin no longer accepts parcels."),
    ({"state": CHOOSING, "reason": Reason.OFFICE_GONE}, "fr", "Comptoir du Coin n’accepte plus les colis."),
]


@pytest.mark.parametrize(("fields", "language", "warning"), WARNINGS)
def test_what_stands_still_is_said_to_and_why(
    delivery: Delivery, fields: dict[str, Any], language: str, warning: str
) -> None:
    for name, value in fields.items():
        setattr(delivery, name, value)
    told = summarize(delivery, language)
    assert told.language == language
    assert told.warning.startswith(warning)
    assert bool(told.warning) == bool(warning)


CONTACT_US = "Please contact us to choose a post office."
CHOOSE = "Your order is still valid: choose the post office where we should ship it."
WRITTEN = "We have written to you about it."


def wrote_about(delivery: Delivery, outcome: NoticeOutcome, kind: NoticeKind = NoticeKind.CHOOSE) -> None:
    """Let an e-mail that asks the buyer, or another one, have this outcome."""
    sent_at = timezone.now() if outcome == NoticeOutcome.SENT else None
    Notice.objects.create(delivery=delivery, kind=kind, occasion=1, outcome=outcome, sent_at=sent_at)


def test_the_buyer_gets_the_link_where_there_is_one_to_give(delivery: Delivery, change_settings: Any) -> None:
    delivery.state = DeliveryState.NEEDS_CHOICE
    summary = summarize(delivery, "en")
    assert summary.choose_url.startswith("https://shop.example.com/post-office/again/")
    assert CHOOSE in summary.warning
    assert f"\n\nChoose a post office: {summary.choose_url}" in as_text(summary)
    change_settings(SITE_URL="")
    summary = summarize(delivery, "en")
    assert (summary.choose_url, CONTACT_US in summary.warning) == ("", True)
    assert as_text(summary) == summary.warning


def test_what_is_being_cancelled_has_no_link_that_would_lead_nowhere(delivery: Delivery) -> None:
    delivery.state, delivery.stop_asked_at = DeliveryState.NEEDS_CHOICE, timezone.now()
    summary = summarize(delivery, "en")
    assert (summary.choose_url, CONTACT_US in summary.warning) == ("", True)


@pytest.mark.parametrize(
    "state", [DeliveryState.PLACED, DeliveryState.RELEASED, DeliveryState.HELD, DeliveryState.CANCELLED]
)
def test_where_nothing_is_to_be_chosen_there_is_no_link(delivery: Delivery, state: DeliveryState) -> None:
    delivery.state = state
    assert summarize(delivery, "en").choose_url == ""


@pytest.mark.parametrize("outcome", NoticeOutcome)
def test_that_we_have_written_is_said_only_when_we_have(delivery: Delivery, outcome: NoticeOutcome) -> None:
    other = make_delivery(state=DeliveryState.NEEDS_CHOICE)
    wrote_about(other, NoticeOutcome.SENT)
    wrote_about(delivery, NoticeOutcome.SENT, NoticeKind.CLERKS)
    delivery.state = DeliveryState.NEEDS_CHOICE
    assert WRITTEN not in summarize(delivery, "en").warning
    wrote_about(delivery, outcome)
    assert (WRITTEN in summarize(delivery, "en").warning) == (outcome == NoticeOutcome.SENT)


@pytest.mark.parametrize("parcel", [{"group": "G1"}, {"group": "", "state": ShipmentState.LABELLED}])
@pytest.mark.parametrize("fields", [{"state": CHOOSING}, {"state": CANCELLED}, {"erased_at": NOW}])
def test_nobody_is_sent_to_a_post_office_that_the_parcel_does_not_go_to(
    delivery: Delivery, fields: dict[str, Any], parcel: dict[str, Any]
) -> None:
    for name, value in fields.items():
        setattr(delivery, name, value)
    made = {"tracking_pin": "7023210039414604", "shipment_id": "1", "state": ShipmentState.MADE}
    make_shipment(delivery, **made | parcel)
    summary = summarize(delivery, "en")
    told = (summary.office_name, summary.office_location, summary.address_lines, summary.hours, summary.hours_note)
    assert told == ("", "", (), (), "")
    assert (summary.wait, summary.bring, summary.held, summary.map_url) == ("", (), "", "")
    assert as_text(replace(summary, choose_url="")) == summary.warning


@pytest.mark.parametrize("parcel", [{"group": "G1", "transmitted_at": NOW}, {"group": "", "printed_at": NOW}])
def test_what_may_have_left_before_its_recipient_was_erased_is_told_of(
    delivery: Delivery, parcel: dict[str, Any]
) -> None:
    delivery.erased_at = NOW
    make_shipment(delivery, tracking_pin="7023210039414604", state=ShipmentState.LABELLED, **parcel)
    assert summarize(delivery, "en").office_name


def test_nothing_is_asked_of_a_recipient_who_is_erased(delivery: Delivery) -> None:
    delivery.recipient_name = ""
    assert summarize(delivery, "en").bring == ()


@pytest.mark.parametrize("live", [True, False])
def test_a_test_delivery_says_so(delivery: Delivery, live: bool) -> None:
    delivery.live = live
    assert summarize(delivery, "en").test is not live


@pytest.mark.parametrize("live", [True, False])
def test_what_is_no_order_yet_is_as_real_as_the_shop(live: bool, change_settings: Any) -> None:
    change_settings(CANADA_POST={"LIVE": live})
    draft = make_draft()
    with CaptureQueriesContext(connection) as executed:
        assert summarize(draft, "en").test is not live
    assert len(executed) == 0


def test_of_the_recipient_only_the_name_is_told(delivery: Delivery) -> None:
    told = f"{summarize(delivery, 'en')}{as_text(summarize(delivery, 'en'))}"
    for private in (
        delivery.recipient_address_line_1,
        delivery.recipient_address_line_2,
        delivery.recipient_postal_code,
        "K1K 4T3",
        delivery.recipient_email,
        delivery.recipient_phone,
    ):
        assert private not in told


def test_no_call_is_made(delivery: Delivery, emulator: EmulatorServer) -> None:
    with CaptureQueriesContext(connection) as queries:
        summarize(delivery, "en")
    assert emulator.calls == {}
    assert len(queries) == 2, "the parcels, and the post office as the directory knows it"


@pytest.fixture
def summary(delivery: Delivery) -> Summary:
    """Return the summary of a delivery with two labels, in English."""
    for parcel, pin in ((1, "7023210039414604"), (2, "7023210039414611")):
        make_shipment(delivery, parcel=parcel, tracking_pin=pin, shipment_id=str(parcel), state=ShipmentState.MADE)
    return summarize(delivery, "en")


def test_as_text_everything_stands_in_its_block(summary: Summary) -> None:
    office, place, hours, service, steps, tracking = plain(as_text(summary)).split("\n\n")
    assert office.splitlines() == [
        "PICK UP AT THE POST OFFICE",
        "Comptoir du Coin",
        "Plage Cristal",
        *map(plain, summary.address_lines),
    ]
    assert place.splitlines() == [f"Map: {summary.map_url}", f"Directions: {summary.directions_url}"]
    assert hours.splitlines()[:2] == ["Counter hours:", "  Monday  8 a.m. – noon, 1 p.m. – 5 p.m."]
    assert hours.splitlines()[-1] == summary.hours_note
    assert service == "Carrier and service: Canada Post, Expedited Parcel™"
    french = replace(summary, language="fr", service="Colis accélérés")
    assert "Transporteur et service : Postes Canada, Colis accélérés (MC)" in plain(as_text(french))
    assert steps.splitlines() == [summary.wait, *(f"- {line}" for line in summary.bring), summary.held]
    assert tracking.splitlines() == ["Tracking number: 7023210039414604", "Tracking number: 7023210039414611"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Expected at the post office from Tuesday, December 1"),
        ("fr", "Prévu au bureau de poste à partir du mardi 1er décembre"),
    ],
)
@time_machine.travel("2026-11-25T12:00:00-05:00", tick=False)
def test_the_day_is_told_until_it_is_past_or_about_another_office(language: str, told: str) -> None:
    def expected(**fields: Any) -> str:
        delivery = make_delivery(price=Decimal("14.85"), quote=QUOTE, **fields)
        return summarize(delivery, language).expected

    assert plain(expected()) == told
    assert told in plain(as_text(summarize(make_delivery(price=Decimal("14.85"), quote=QUOTE), language)))
    assert expected(choice=1) == ""
    assert expected(state=DeliveryState.HELD) == ""
    with time_machine.travel("2026-12-01T12:00:00-05:00", tick=False):
        assert plain(expected()) == told
    with time_machine.travel("2026-12-02T01:00:00-05:00", tick=False):
        assert expected() == ""
        assert plain(expected(office_province="BC", office_postal_code="V6B1A1")) == told, "it is evening there"
    assert summarize(make_delivery(), language).expected == ""


@pytest.mark.parametrize(
    ("hour", "mailing_date", "is_told"),
    [(16, None, True), (18, None, False), (18, date(2026, 11, 25), True), (16, date(2026, 11, 26), False)],
)
def test_the_day_is_not_told_once_a_parcel_is_mailed_later_than_it_was_said_for(
    hour: int, mailing_date: date | None, is_told: bool
) -> None:
    # The cut-off is at 17:00.
    with time_machine.travel(datetime(2026, 11, 25, hour, tzinfo=ZoneInfo("America/Toronto")), tick=False):
        delivery = make_delivery(price=Decimal("14.85"), quote=QUOTE | {"mailed_on": "2026-11-25"})
        if mailing_date:
            make_shipment(delivery, mailing_date=mailing_date)
        assert bool(summarize(delivery, "en").expected) is is_told


def test_as_text_a_warning_comes_first(summary: Summary) -> None:
    assert as_text(replace(summary, warning="Beware.")).startswith("Beware.\n\nPICK UP")


@pytest.mark.parametrize(
    ("unknown", "missing"),
    [
        ({"map_url": ""}, "Map:"),
        ({"hours": ()}, "Counter hours:"),
        ({"tracking_numbers": ()}, "Tracking number:"),
        ({"office_location": ""}, "Plage Cristal"),
    ],
)
def test_as_text_what_is_unknown_leaves_no_gap(summary: Summary, unknown: dict[str, Any], missing: str) -> None:
    text = as_text(replace(summary, **unknown))
    assert missing in as_text(summary)
    assert missing not in text
    assert "\n\n\n" not in text
    assert (summary.hours_note in text) == ("hours" not in unknown)


def test_as_text_it_is_in_the_summary_s_own_language(delivery: Delivery, summary: Summary) -> None:
    make = summarize(delivery, "fr")
    with translation.override("en"):
        text = plain(as_text(make))
    assert "Heures du comptoir" in text
    assert "Numéro de repérage : 7023210039414604" in text
    assert "Map" not in text
    with translation.override("fr"):
        assert "Counter hours:" in as_text(summary)
