"""Reading answers: everything that the schema gives, strictly where it is known and by local name where it is not."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.hours import intervals
from deliver_to_po.canadapost.types import (
    Address,
    Coordinates,
    OptionInfo,
    PostOffice,
    Rate,
    ServiceDetails,
    ServiceInfo,
    ShipmentPrice,
    ShipmentStatus,
)
from deliver_to_po.canadapost.webservices import charges, noncontract, postoffices, rating, shipping, tracking
from tests.webservices import bodies
from tests.webservices.bodies import answer

PIN = "7023210039414604"
OFFICE = PostOffice(
    office_id="0000012345",
    name="Épicerie & Café",
    location="SANDY HILL PO",
    street="59 SAMPLE ST",
    city="OTTAWA",
    province="ON",
    postal_code="K1A0B1",
    coordinates=Coordinates(45.41117, -75.69812),
    bilingual=True,
    distance_km=Decimal("0.84"),
)


def test_offices_come_with_everything_but_hours() -> None:
    first, second = postoffices.read_offices("find", answer(bodies.OFFICES))
    assert first == OFFICE
    assert (second.office_id, second.name, second.bilingual) == ("0000000009", "HULL BP", False)


def test_an_empty_list_of_offices_means_none_near() -> None:
    body = f'<post-office-list xmlns="{bodies.OFFICE}"/>'
    assert postoffices.read_offices("find", answer(body)) == []


def test_an_office_comes_with_hours_by_weekday() -> None:
    office = postoffices.read_office("detail", answer(bodies.OFFICE_DETAIL))
    assert office.hours is not None
    assert dict(office.hours.days) == {
        1: intervals(["08:00", "12:00", "13:00", "17:30"]),
        6: intervals(["8:00", "00:00"]),
    }
    assert office.distance_km is None


@pytest.mark.parametrize(
    "odd",
    [
        "<day>8</day><time>8:00</time>",
        "<day>7</day><time>8:00</time>",
        "<day>2</day><time>8:00</time><time>9:00</time>",
        "<day>7</day><time>a</time>",
        "<day>7</day><time>25:00</time>",
        "<day>7</day><times>8:00 9:00</times>",
        "<day>7</day><time><opens>8:00</opens></time>",
    ],
)
def test_hours_in_another_form_are_not_known_and_the_office_stays(odd: str) -> None:
    body = bodies.OFFICE_DETAIL.replace("<day>7</day><time>8:00</time><time>00:00</time>", odd)
    assert body != bodies.OFFICE_DETAIL
    office = postoffices.read_office("detail", answer(body))
    assert (office.office_id, office.hours) == (OFFICE.office_id, None)


def test_a_day_without_times_is_closed() -> None:
    body = bodies.OFFICE_DETAIL.replace("<day>7</day><time>8:00</time><time>00:00</time>", "<day>7</day>")
    hours = postoffices.read_office("detail", answer(body)).hours
    assert hours is not None
    assert hours.on(6) == ()


def test_an_office_without_any_days_has_hours_that_nobody_knows() -> None:
    body = re.sub("<hours-list>.*</hours-list>", "", bodies.OFFICE_DETAIL)
    assert postoffices.read_office("detail", answer(body)).hours is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<office-id>0000012345</office-id>", ""),
        ("<office-id>0000012345</office-id>", "<office-id>12A</office-id>"),
        ("<city>OTTAWA</city>", "<city/>"),
        ("<office-address>59 SAMPLE ST</office-address>", ""),
        (f'xmlns="{bodies.OFFICE}"', 'xmlns="urn:other"'),
        (f'xmlns="{bodies.OFFICE}"', ""),
        ("post-office-list", "post-offices"),
    ],
)
def test_offices_that_lack_what_matters_are_unreadable(old: str, new: str) -> None:
    alone = re.sub("</post-office>.*</post-office>", "</post-office>", bodies.OFFICES, flags=re.DOTALL)
    with pytest.raises(Unreadable):
        postoffices.read_offices("find", answer(alone.replace(old, new)))


@pytest.mark.parametrize("odd", ["0000012345", "59 SAMPLE ST"])
def test_an_office_that_cannot_be_read_hides_no_other(odd: str) -> None:
    found = postoffices.read_offices("find", answer(bodies.OFFICES.replace(odd, "")))
    assert [office.office_id for office in found] == ["0000000009"]


def test_unknown_elements_are_ignored_and_a_point_outside_canada_is_no_point() -> None:
    body = bodies.OFFICES.replace("<distance>", "<new>thing</new><distance>").replace("45.41117", "5.4")
    office = postoffices.read_offices("find", answer(body))[0]
    assert (office.name, office.coordinates) == (OFFICE.name, None)


def test_an_office_without_a_name_has_that_of_its_location_or_its_address() -> None:
    nameless = bodies.OFFICES.replace("Épicerie &amp; Café", "")
    assert postoffices.read_offices("find", answer(nameless))[0].name == OFFICE.location
    unplaced = nameless.replace("SANDY HILL PO", " ")
    assert postoffices.read_offices("find", answer(unplaced))[0].name == OFFICE.street


@pytest.mark.parametrize(
    ("old", "new", "field", "read"),
    [
        (">0.84<", ">-0.84<", "distance_km", None),
        (">0.84<", ">1E999999999<", "distance_km", None),
        (">0.84<", ">99999.99<", "distance_km", None),
        (">0.84<", ">0<", "distance_km", Decimal(0)),
        (">ON<", ">on<", "province", "ON"),
        (">ON<", ">Québec<", "province", ""),
        (">ON<", ">ONTARIO<", "province", ""),
        ("Épicerie &amp; Café", "É" * 1_000_000, "name", "É" * 80),
        ("SANDY HILL PO", "S" * 1_000_000, "location", "S" * 80),
        ("59 SAMPLE ST", "5" * 1_000_000, "street", "5" * 80),
        ("OTTAWA", "O" * 1_000_000, "city", "O" * 60),
    ],
)
def test_what_no_office_has_is_not_shown_and_what_is_shown_is_what_is_kept(
    old: str, new: str, field: str, read: object
) -> None:
    office = postoffices.read_offices("find", answer(bodies.OFFICES.replace(old, new, 1)))[0]
    assert getattr(office, field) == read


def test_prices_come_with_their_taxes_summed() -> None:
    assert rating.read_rates("rates", answer(bodies.QUOTES)) == [
        Rate(
            service="DOM.EP",
            service_name="Expedited Parcel",
            base=Decimal("9.59"),
            due=Decimal("11.34"),
            taxes=Decimal("1.75"),
            transit_days=3,
            expected_delivery=date(2026, 12, 1),
            guaranteed=True,
        ),
        Rate("DOM.XP", "Xpresspost", Decimal("15.2"), Decimal("15.20"), Decimal(0), guaranteed=False),
    ]


def test_no_prices_are_an_empty_list_and_a_price_without_amount_is_unreadable() -> None:
    assert rating.read_rates("rates", answer(f'<price-quotes xmlns="{bodies.RATE}"/>')) == []
    with pytest.raises(Unreadable):
        rating.read_rates("rates", answer(bodies.QUOTES.replace("<due>11.34</due>", "")))


@pytest.mark.parametrize("tax", ["1,25", "x", "1_25", "9E+999999999999", "1" * 40])
def test_a_tax_that_cannot_be_read_is_not_taken_for_none(tax: str) -> None:
    with pytest.raises(Unreadable, match="a tax"):
        rating.read_rates("rates", answer(bodies.QUOTES.replace("<hst>1.25</hst>", f"<hst>{tax}</hst>")))
    unknown = bodies.QUOTES.replace("<hst>", "<new>5.00</new><note>x</note><hst>")
    assert rating.read_rates("rates", answer(unknown))[0].taxes == Decimal("1.75")
    empty = bodies.QUOTES.replace("<hst>1.25</hst>", "<hst/>")
    assert rating.read_rates("rates", answer(empty))[0].taxes == Decimal("0.50")


@pytest.mark.parametrize("place", ["<base>9.59</base>", "<weight-details/>"])
def test_a_price_in_another_currency_is_unreadable(place: str) -> None:
    canadian = bodies.QUOTES.replace(place, f"{place}<currency>CAD</currency>")
    assert rating.read_rates("rates", answer(canadian))[0].due == Decimal("11.34")
    with pytest.raises(Unreadable, match="another currency"):
        rating.read_rates("rates", answer(canadian.replace(">CAD<", ">USD<")))


def test_services_and_what_each_takes_come_in_kilograms_and_centimetres() -> None:
    assert rating.read_services("services", answer(bodies.SERVICES)) == [ServiceInfo("DOM.EP", "Expedited Parcel")]
    assert rating.read_service("service", answer(bodies.SERVICE)) == ServiceDetails(
        code="DOM.EP",
        name="Expedited Parcel",
        max_weight_kg=Decimal("30.5"),
        max_length_cm=Decimal(200),
        max_length_and_girth_cm=Decimal(300),
        options=("SO", "D2PO"),
    )


def test_an_option_tells_what_it_goes_with() -> None:
    option = rating.read_option("option", answer(bodies.OPTION))
    assert option == OptionInfo("D2PO", "Livrer au bureau de poste", True, ("HFP", "LAD"), ("NOTE",))
    assert option.goes_with("SO")
    assert not option.goes_with("LAD")


def test_a_shipment_comes_with_its_links() -> None:
    info = shipping.read_shipment("create", answer(bodies.shipment_info()))
    label = info.link("label")
    assert (info.shipment_id, info.request_id, info.tracking_pin) == ("347881315405043891", "request-1", PIN)
    assert info.status == ShipmentStatus.CREATED
    assert label is not None
    assert (label.href, label.media_type, label.index) == (
        f"{bodies.HOST}/rs/artifact/76108cb5192002d5/10238/0",
        "application/pdf",
        0,
    )


@pytest.mark.parametrize(
    "body",
    [
        bodies.shipment_info(shipment_id=""),
        bodies.shipment_info(status=""),
        bodies.shipment_info().replace('href="', 'hre="'),
        bodies.shipment_info().replace(bodies.SHIPMENT, "http://www.canadapost.ca/ws/shipment-v7"),
    ],
)
def test_a_shipment_that_lacks_what_matters_is_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        shipping.read_shipment("create", answer(body))


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("created", ShipmentStatus.CREATED),
        ("Suspended", ShipmentStatus.SUSPENDED),
        ("reconciled", ShipmentStatus.OTHER),
        ("other", ShipmentStatus.OTHER),
        ("something new", ShipmentStatus.OTHER),
    ],
)
def test_a_status_that_we_do_not_know_makes_no_shipment_unreadable(written: str, status: ShipmentStatus) -> None:
    assert shipping.read_shipment("create", answer(bodies.shipment_info(status=written))).status == status
    held = shipping.read_details("details", answer(bodies.details(bodies.person("destination", "Ann"), written)))
    assert held.status == status


def test_a_link_without_an_address_hides_no_other() -> None:
    body = bodies.shipment_info().replace(' href="', ' hre="', 1)
    assert [link.rel for link in shipping.read_shipment("create", answer(body)).links] == ["details", "label"]


def test_details_tell_the_recipients_own_address_and_the_office() -> None:
    people = bodies.person("destination", "Bureau de poste") + bodies.person("recipient", "Marie-Ève Côté")
    held = shipping.read_details("details", answer(bodies.details(people, status="suspended")))
    assert (held.recipient_name, held.office_id, held.service) == ("Marie-Ève Côté", "0000012345", "DOM.EP")
    assert held.recipient_address == Address("23, rue du Jardin", "Ottawa", "ON", "K1K4T3", line_2="App. 4")
    assert held.status == ShipmentStatus.SUSPENDED


def test_details_without_a_recipient_of_their_own_tell_the_destination() -> None:
    people = bodies.person("destination", "Ann")
    assert shipping.read_details("details", answer(bodies.details(people))).recipient_name == "Ann"
    assert noncontract.read_details("details", answer(bodies.non_contract_details(people))).recipient_name == "Ann"


def test_what_a_shipment_costs() -> None:
    assert charges.read_price("price", answer(bodies.PRICE)) == ShipmentPrice(
        "DOM.EP", Decimal("9.59"), Decimal("11.09"), Decimal("0.65"), Decimal("11.74"), Decimal("1.250")
    )


@pytest.mark.parametrize("number", ["9E+999999999999", "1_0", "１", "NaN", "Infinity", "1,0", "0x1", "1" * 10, "."])
def test_what_is_no_number_of_the_schema_is_no_price(number: str) -> None:
    for price in ("9.59", "11.09", "0.55", "11.74"):
        with pytest.raises(Unreadable):
            charges.read_price("price", answer(bodies.PRICE.replace(f">{price}<", f">{number}<")))


def test_what_was_charged_and_the_promise_of_a_refund() -> None:
    receipt = charges.read_receipt("receipt", answer(bodies.RECEIPT))
    assert (receipt.amount, receipt.authorization) == (Decimal("21.99"), "076838")
    assert receipt.charged_at == datetime(2026, 11, 25, 8, 27, 20, tzinfo=UTC) + timedelta(hours=5)
    ticket = charges.read_ticket("refund", answer(bodies.TICKET))
    assert (ticket.ticket_id, ticket.date) == ("GT12345678RT", date(2026, 11, 26))


@pytest.mark.parametrize("namespace", [bodies.TRACK, f"{bodies.TRACK}-v2", ""])
def test_a_summary_is_read_in_any_namespace(namespace: str) -> None:
    body = bodies.tracking_summary(
        namespace,
        pin=PIN,
        service_name="Expedited Parcels",
        event_description="Item available for pickup at Post Office",
        expected_delivery_date="2026-11-27",
    )
    summary = tracking.read_summary("summary", answer(body), PIN)
    assert (summary.seen, summary.expected_delivery, summary.delivered_on) == (True, date(2026, 11, 27), None)


def test_a_summary_that_holds_an_error_was_not_seen() -> None:
    told = bodies.tracking_summary(pin=PIN, event_description="No Pin History")
    said = told.replace("<event-type>", "<error><code>004</code></error><event-type>")
    assert tracking.read_summary("summary", answer(told), PIN).seen
    assert not tracking.read_summary("summary", answer(said), PIN).seen


def test_a_summary_without_an_event_was_not_seen() -> None:
    assert not tracking.read_summary("summary", answer(bodies.tracking_summary(pin=PIN)), PIN).seen


@pytest.mark.parametrize("namespace", [bodies.TRACK, f"{bodies.TRACK}-v2", ""])
def test_events_keep_their_own_date_and_the_office_where_the_parcel_is(namespace: str) -> None:
    body = bodies.tracking_detail(
        PIN,
        bodies.occurrence("1701", "2026-11-26T00:00:00.000Z", "Available", ("0000012345", "CAFÉ")),
        bodies.occurrence("0174", "2026-11-25", "Out"),
        bodies.occurrence("", "2026-11-25", "no number"),
        bodies.occurrence("1", "some day", "no date"),
        namespace=namespace,
        expected_delivery_date="2026-11-27",
        changed_expected_date="2026-11-28",
    )
    told = tracking.read_details("details", answer(body), PIN)
    assert [(event.code, event.date, event.time, event.office_id) for event in told.events] == [
        (1701, date(2026, 11, 26), "10:11:12", "0000012345"),
        (174, date(2026, 11, 25), "10:11:12", ""),
    ]
    assert told.expected_delivery == date(2026, 11, 28)


def test_events_none_of_which_can_be_read_are_not_none() -> None:
    with pytest.raises(Unreadable):
        tracking.read_details(
            "details", answer(bodies.tracking_detail(PIN, bodies.occurrence("", "2026-11-25", "?"))), PIN
        )


def test_what_is_told_of_another_parcel_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        tracking.read_details("details", answer(bodies.tracking_detail("1")), PIN)
    with pytest.raises(Unreadable):
        tracking.read_summary("summary", answer(bodies.tracking_summary(pin="1")), PIN)
