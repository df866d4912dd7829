"""What a D2PO request must keep as a whole, refused before any call."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
import time_machine

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.errors import InvalidRequest, NotFound, NotSupported
from deliver_to_po.canadapost.rules import broken_rules, check_rates, check_shipment
from deliver_to_po.canadapost.types import Account, LabelFormat, PaperSize, ShipmentRequest
from tests.canadapost.portal_requests import RATES, TRANSMIT, make_client
from tests.canadapost.webservices.conftest import make_client as make_xml_client
from tests.factories import make_request


def test_a_complete_request_keeps_every_rule() -> None:
    assert list(broken_rules(make_request())) == []


# One request for each way to break a rule of the whole, and the field that it breaks.
BREAKING = [
    (make_request(service="DOM.RP"), "service"),
    (make_request(office_id=""), "office_id"),
    (make_request(office_id="12345A"), "office_id"),
    (make_request(office_id="1" * 13), "office_id"),
    (make_request(request_id="a" * 33), "request_id"),
    (make_request(reference="R" * 36), "reference"),
    (make_request(group_id="g" * 33), "group_id"),
    (make_request(request_id="a\tb"), "request_id"),
    (make_request(reference="a\nb"), "reference"),
    (make_request(office_id="１２３"), "office_id"),
    (make_request(label_format=LabelFormat.ZPL, paper_size=PaperSize.LETTER), "label_format"),
]


@pytest.mark.parametrize(("request_", "field"), BREAKING)
def test_a_broken_rule_names_its_field(request_: ShipmentRequest, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_shipment(request_)
    assert caught.value.field == field


BREAKING_ACCOUNTS = [
    (Account("", "1"), "account.customer_number"),
    (Account("123456", "1"), "account.customer_number"),
    (Account("12345678901", "1"), "account.customer_number"),
    (Account("0007023210/..", "1"), "account.customer_number"),
    (Account("٧٧٧٧٧٧٧", "1"), "account.customer_number"),
    (Account("0007023210", "1", mobo="x"), "account.mobo"),
    (Account("0007023210", ""), "account.contract_id"),
    (Account("0007023210", "40-1"), "account.contract_id"),
    (Account("0007023210", "1" * 11), "account.contract_id"),
]


@pytest.mark.parametrize(("account", "field"), BREAKING_ACCOUNTS)
def test_nothing_is_paid_by_account_without_a_customer_and_a_contract(account: Account, field: str) -> None:
    today = RATES._replace(mailing_date=None)
    builds: list[Callable[[Account], object]] = [
        partial(bodies.shipment, make_request(), says_payer=True),
        partial(bodies.rates, "rates", today),
        partial(bodies.transmit, "transmit", TRANSMIT, says_country=True),
    ]
    for build in builds:
        with pytest.raises(InvalidRequest) as caught:
            build(account)
        assert caught.value.field == field


CLIENTS: dict[str, Callable[[], CanadaPost]] = {
    "portal": make_client,
    "XML": make_xml_client,
    "XML without a contract": partial(make_xml_client, contract=False),
}


@pytest.mark.parametrize("bad", ["", "..", "1/../2", "1?x=1", "a b", "١٢٣", "9" * 41])
@pytest.mark.parametrize("make", CLIENTS.values(), ids=CLIENTS)
def test_an_id_that_would_change_the_address_is_not_sent(post: Any, make: Callable[[], CanadaPost], bad: str) -> None:
    client = make()
    asks: list[Callable[[str], object]] = [
        client.office,
        client.shipment,
        client.shipment_details,
        client.void_shipment,
        client.manifest,
        client.tracking_details,
        lambda value: client.refund_shipment(value, "desk@example.com"),
        *([client.option] if bad != ".." else []),
    ]
    for ask in asks:
        with pytest.raises((InvalidRequest, NotFound, NotSupported)):
            ask(bad)
    assert not post.calls


@pytest.mark.parametrize("email", ["", "desk", "desk@example", "côté@example.com", "d" * 50 + "@example.com"])
@pytest.mark.parametrize("make", CLIENTS.values(), ids=CLIENTS)
def test_a_refund_without_an_address_to_answer_to_is_not_asked_for(
    post: Any, make: Callable[[], CanadaPost], email: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        make().refund_shipment("1", email)
    assert (caught.value.operation, caught.value.field) == ("refund shipment", "email")
    assert not post.calls


@pytest.mark.parametrize(
    ("ask", "operation", "field"),
    [
        (lambda client: client.find_by_group(""), "find by group", "group_id"),
        (lambda client: client.create_shipment(make_request(group_id="")), "create shipment", "group_id"),
        (lambda client: client.find_shipments(""), "find shipment", "request_id"),
        (lambda client: client.find_pins("", date.min, date.max), "find by reference", "reference"),
        (lambda client: client.rates(RATES._replace(options=())), "rates", "options"),
    ],
)
def test_a_question_that_lacks_what_it_is_about_is_not_asked(
    post: Any, ask: Callable[[CanadaPost], object], operation: str, field: str
) -> None:
    # Without a contract nothing is in a group.
    makes = [make for name, make in CLIENTS.items() if field != "group_id" or "without" not in name]
    for make in makes:
        with pytest.raises(InvalidRequest) as caught:
            ask(make())
        assert (caught.value.operation, caught.value.field) == (operation, field)
    assert not post.calls


@pytest.mark.parametrize(("now", "past"), [("2026-11-26T07:59:59Z", 24), ("2026-11-26T08:00:00Z", 25)])
def test_a_mailing_day_is_past_when_it_is_past_in_the_west(now: str, past: int) -> None:
    with time_machine.travel(now, tick=False):
        check_rates("rates", RATES._replace(mailing_date=date(2026, 11, past + 1)))
        with pytest.raises(InvalidRequest):
            check_rates("rates", RATES._replace(mailing_date=date(2026, 11, past)))
