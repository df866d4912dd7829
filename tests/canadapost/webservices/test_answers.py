"""Which error each answer of the XML API stands for."""

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.webservices.answers import error_of
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.bodies import SHIPMENTS
from tests.canadapost.webservices.conftest import Client, Wire
from tests.factories import make_request

HTML = "<!DOCTYPE html><html><body>We are doing some maintenance</body></html>"
SCHEMA = bodies.messages(("Server", "/rs/x: cvc-pattern-valid: Value 'K1A 0B1' is not facet-valid"))
BACKSIDE = bodies.messages(("Server", "Failed to establish a backside connection"))


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, "", errors.CredentialsRefused),
        (401, HTML, errors.CredentialsRefused),
        (403, bodies.messages(("E002", "AAA Authentication Failure")), errors.CredentialsRefused),
        (400, bodies.messages(("AA003", "Not the customer of this key")), errors.Refused),
        (401, bodies.messages(("AA004", "")), errors.Refused),
        (500, bodies.messages(("AA003", "")), errors.Refused),
        (400, bodies.messages(("AA002", "")), errors.CredentialsRefused),
        (400, bodies.messages(("AA005", "")), errors.CredentialsRefused),
        (500, bodies.messages(("AA009", "")), errors.CredentialsRefused),
        (404, bodies.messages(), errors.NotFound),
        (500, SCHEMA, errors.Refused),
        (412, bodies.messages(("1", "a"), ("7314", "Exists")), errors.AlreadyExists),
        (500, bodies.SLM, errors.Throttled),
        (500, BACKSIDE, errors.UnknownOutcome),
        (503, HTML, errors.UnknownOutcome),
        (502, b"\xff\xfe", errors.UnknownOutcome),
        (404, HTML, errors.UnknownOutcome),
        (400, HTML, errors.Refused),
    ],
)
def test_an_answer_to_a_create_stands_for(status: int, body: str | bytes, expected: type[Exception]) -> None:
    assert type(error_of("create shipment", bodies.answer(body, status), repeatable=False)) is expected


@pytest.mark.parametrize("body", [BACKSIDE, bodies.messages(), HTML, ""])
def test_trouble_of_canada_posts_own_only_delays_a_question(body: str) -> None:
    assert type(error_of("rates", bodies.answer(body, 503), repeatable=True)) is errors.Unavailable


@pytest.mark.parametrize(
    ("came", "shown"),
    [
        ("http://www.canadapost.ca/ws/shipment-v7", "http://www.canadapost.ca/ws/shipment-v7"),
        ("http://www.canadapost.ca/ws/shipment-v10", "http://www.canadapost.ca/ws/shipment-v10"),
        ("http://www.canadapost.ca/ws/ship/rate-v4", "http://www.canadapost.ca/ws/ship/rate-v4"),
        ("", "(none)"),
        ("urn:canary", "of another kind"),
        ("http://www.canadapost.ca/ws/canary", "of another kind"),
        ("http://www.canadapost.ca/ws/shipment-v613", "of another kind"),
    ],
)
def test_an_answer_of_another_version_is_named_with_the_one_that_was_expected(
    wire: Wire, client: Client, came: str, shown: str
) -> None:
    wire.get(f"{SHIPMENTS}/1/details", body=bodies.details("").replace(bodies.SHIPMENT, came))
    wire.post(SHIPMENTS, body=bodies.shipment_info().replace(bodies.SHIPMENT, came))
    with pytest.raises(errors.Unreadable) as question:
        client.shipment_details("1")
    with pytest.raises(errors.UnknownOutcome) as deed:
        client.create_shipment(make_request())
    for error in (question.value, deed.value):
        assert error.why == f"namespace {shown} came, {bodies.SHIPMENT} was expected"
        assert error.why in str(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
@pytest.mark.parametrize("code", ["AA003", "AA004"])
def test_another_logins_customer_number_is_refused_in_so_many_words(code: str, status: int) -> None:
    for repeatable in (True, False):
        error = error_of("op", bodies.answer(bodies.messages((code, "")), status), repeatable=repeatable)
        assert type(error) is errors.Refused
        assert f"HTTP {status} · {code} · the customer number is not this login's" in str(error)


@pytest.mark.parametrize("namespace", [bodies.MESSAGES, bodies.TRACK, "", "urn:other"])
def test_messages_are_read_in_any_namespace(namespace: str) -> None:
    body = bodies.messages(("9111", "Aucun  service\n"), ("", "Second"), namespace=namespace)
    error = error_of("rates", bodies.answer(body, 400), repeatable=True)
    assert error.messages == (errors.Message("9111", "Aucun service"), errors.Message("", "Second"))


def test_of_very_many_messages_the_first_are_read() -> None:
    many = "".join(f"<message><code>{number}</code></message>" for number in range(1000, 40_000))
    answer = bodies.answer(f"<messages>{many}</messages>", 500)
    found = error_of("create shipment", answer, repeatable=False).messages
    assert [message.code for message in found] == [str(number) for number in range(1000, 1020)]


@pytest.mark.parametrize("body", [HTML, "", "<shipment-info", bodies.TICKET, bodies.messages(), BACKSIDE, b"%PDF-1.7"])
def test_a_create_whose_success_cannot_be_read_has_an_unknown_outcome(
    wire: Wire, client: Client, body: str | bytes
) -> None:
    wire.post(SHIPMENTS, body=body, status=200)
    with pytest.raises(errors.UnknownOutcome):
        client.create_shipment(make_request())


@pytest.mark.parametrize("body", [HTML, "", "<html/>", bodies.messages(), bodies.shipment_info()])
def test_a_question_whose_answer_cannot_be_read_is_unreadable(wire: Wire, client: Client, body: str) -> None:
    wire.get(f"{SHIPMENTS}/1/details", body=body)
    with pytest.raises(errors.Unreadable):
        client.shipment_details("1")


def test_messages_in_a_success_are_the_error_that_they_name(wire: Wire, client: Client) -> None:
    wire.get(f"{SHIPMENTS}/1/details", body=bodies.SLM, status=200)
    with pytest.raises(errors.Throttled):
        client.shipment_details("1")
