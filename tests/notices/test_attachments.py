"""What comes with an e-mail about a parcel, as other programs read it."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from icalendar import Calendar

from deliver_to_po.canadapost.types import Address, Recipient
from deliver_to_po.core.choices import Scan
from deliver_to_po.labels.pdf_pages import text_of
from deliver_to_po.models import Tracking
from deliver_to_po.notices.attachments import calendar_file
from tests.factories import RECIPIENT
from tests.notices.needing import sweep
from tests.notices.parcels import PIN, in_the_post, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Newfoundland's clock is half an hour ahead of its neighbours'.
ST_JOHNS = {"office_province": "NL", "office_postal_code": "A1A1A1", "office_hours": {"6": [["10:00", "17:00"]]}}


@pytest.fixture(autouse=True)
def _ready(change_settings: Any) -> None:
    change_settings(TELL={"READY": True})


def attached(**fields: Any) -> tuple[Any, dict[str, bytes]]:
    """Return the e-mail that a parcel is ready, and what is attached to it by the ends of the names."""
    seen(in_the_post(**fields), Scan.READY)
    sweep()
    [message] = mail.outbox
    attachments: Any = message.attachments
    return message, {name.rsplit(".")[-1]: content for name, content, _ in attachments}


def test_the_calendar_has_one_event_which_is_the_last_opening_in_its_own_zone() -> None:
    message, files = attached(**ST_JOHNS)
    calendar = Calendar.from_ical(files["ics"])
    [event] = calendar.events
    assert (event.start, event.end) == (
        datetime.fromisoformat("2026-12-05T10:00:00-03:30"),
        datetime.fromisoformat("2026-12-05T17:00:00-03:30"),
    )
    [zone] = calendar.timezones
    assert str(zone["TZID"]) == "America/St_Johns"
    assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}
    assert event["TRANSP"] == "TRANSPARENT"
    [alarm] = event.alarms.times
    assert alarm.trigger == event.start - timedelta(days=1)
    assert event.walk("VALARM")[0]["ACTION"] == "DISPLAY"
    order = message.subject.removeprefix("TEST – Order ").partition(":")[0]
    assert [str(event[name]) for name in ("SUMMARY", "LOCATION", "DESCRIPTION")] == [
        f"Last opening to pick up the parcel of order {order}",
        "Counter & Sons, 3080, av. Carling, Ottawa NL A1A\N{NO-BREAK SPACE}1A1",
        f"{RECIPIENT.name} must show government-issued photo ID with this name.\nTracking number: {PIN}",
    ]
    assert "Last opening before it goes back: Saturday, December 5, until 5 p.m." in message.body.replace("\xa0", " ")


def test_an_event_names_nobody_once_its_recipient_is_erased() -> None:
    shipment = in_the_post()
    seen(shipment, Scan.READY)
    type(shipment).objects.update(recipient_name="")
    [event] = Calendar.from_ical(calendar_file(Tracking.objects.get()) or b"").events
    assert str(event["DESCRIPTION"]) == f"Tracking number: {PIN}"


def test_an_opening_that_is_over_is_no_event(clock: Any) -> None:
    fields: dict[str, Any] = {**ST_JOHNS}
    seen(in_the_post(**fields), Scan.READY)
    clock.move_to(datetime.fromisoformat("2026-12-05T17:00:00-03:30"))
    assert calendar_file(Tracking.objects.get()) is None


def test_another_file_about_the_same_parcel_is_about_the_same_event() -> None:
    shipment = in_the_post()
    seen(shipment, Scan.READY)
    sweep()
    row = shipment.delivery.notices.get(kind="ready")
    type(row).objects.filter(pk=row.pk).update(outcome="", due_at=row.created_at, sent_at=None)
    sweep()
    sent: list[Any] = list(mail.outbox)
    uids = [Calendar.from_ical(message.attachments[1][1]).events[0]["UID"] for message in sent]
    assert len(uids) == 2
    assert len(set(uids)) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Letter of authorization", "I, Zoë Ångström, authorize", "Signature of Zoë Ångström")),
        ("fr", ("Lettre d’autorisation", "Je soussigné(e), Zoë Ångström, autorise", "Signature : Zoë Ångström")),
    ],
)
def test_the_letter_of_authorization_is_filled_in(language: str, words: tuple[str, ...]) -> None:
    address = Address("23, rue du Jardin", "Ottawa", "ON", "K1K4T3", line_2="App. 4")
    whose = Recipient(name="Zoë Ångström", phone="613-555-0199", email="zoe@example.com", address=address)
    _, files = attached(language=language, recipient=whose)
    text = " ".join(text_of(files["pdf"]).split())
    heading, body, blank = words
    facts = [heading, "23, rue du Jardin", "App. 4", "Counter & Sons", "3080, av. Carling", body, PIN, blank, "photo"]
    assert sorted(facts, key=text.index) == facts
    assert "613-555-0199" not in text


def test_the_street_that_canada_post_writes_in_capitals_is_written_as_people_do() -> None:
    message, files = attached(office_address="1601 PLACE DU MARCHÉ")
    street = "1601 place du Marché"
    assert street in text_of(files["pdf"])
    assert street in str(Calendar.from_ical(files["ics"]).events[0]["LOCATION"])
    assert "1601 PLACE" not in str(message.alternatives[0][0])


def test_mail_programs_find_the_parcel_and_nothing_of_it_ends_the_script() -> None:
    message, _ = attached(reference="</script><b>")
    html = BeautifulSoup(str(message.alternatives[0][0]), "html.parser")
    [script] = html("script")
    told = json.loads(script.string or "")
    assert told == {
        "@context": "https://schema.org",
        "@type": "ParcelDelivery",
        "trackingNumber": PIN,
        "carrier": {"@type": "Organization", "name": "Canada Post"},
        "deliveryAddress": {
            "@type": "PostalAddress",
            "name": "Counter & Sons",
            "streetAddress": "3080, av. Carling",
            "addressLocality": "Ottawa",
            "addressRegion": "ON",
            "postalCode": "K2B7K0",
            "addressCountry": "CA",
        },
        "hasDeliveryStatus": {
            "@type": "DeliveryEvent",
            "availableFrom": "2026-11-26",
            "availableThrough": "2026-12-07T17:00:00-05:00",
        },
        "partOfOrder": {
            "@type": "Order",
            "orderNumber": "</script><b>",
            "merchant": {"@type": "Organization", "name": "Example Shop"},
        },
    }
