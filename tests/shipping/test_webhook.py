"""A parcel is posted as the schema says, signed, and every answer is read as the documentation promises."""

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from jsonschema import Draft202012Validator

from deliver_to_po.core.choices import Reason
from deliver_to_po.shipping import Handed, Made, NotYet, Refused, Unknown
from deliver_to_po.shipping import ShipmentOption as Option
from deliver_to_po.shipping.signing import Signer, fault_of
from deliver_to_po.shipping.webhook import GONE_FOR_SECONDS, Webhook
from tests.shipping.parcel_receiver import SECRET, SIGNER, Answer, Receiver
from tests.shipping.requests import asked

OTHER_SECRET = "whsec_" + "b" * 43 + "="
NOBODY = "http://127.0.0.1:9/"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Forget that a receiver was gone."""
    cache.clear()
    yield
    cache.clear()


PIN = "EE001438583CA"


def webhook(url: str, **options: Any) -> Webhook:
    return Webhook("default", {"URL": url, "SECRET": SECRET, **options})


def schema(name: str) -> Draft202012Validator:
    text = resources.files("deliver_to_po.shipping").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    return Draft202012Validator(json.loads(text))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mailing_date": date(2026, 11, 27), "live": True, "options": (Option("COV", Decimal("100.50")), Option("SO"))},
    ],
    ids=["least", "most"],
)
def test_what_is_sent_is_what_the_schema_says(receiver: Receiver, changes: dict[str, Any]) -> None:
    contents = ((Decimal("2.000"), "Planche d’érable"), (Decimal("0.5"), "Cire"))
    request = asked(number=2, parcels=3, contents=contents, **changes)
    assert webhook(receiver.url).create(request) == Handed(status=202)
    [message] = receiver.messages
    schema("shipment").validate(message)
    words = ("request_id", "live", "reference", "service", "language")
    people = ("recipient", "sender", "office")
    options = [{"code": "COV", "amount_cad": 100.5}, {"code": "SO", "amount_cad": None}]
    data = {
        **{name: getattr(request, name) for name in words},
        **{name: asdict(getattr(request, name)) for name in people},
        "mailing_date": "2026-11-27" if changes else None,
        "parcel": {
            "weight_kg": 1.25,
            "length_cm": 30,
            "width_cm": 20,
            "height_cm": 10,
            "number": 2,
            "of": 3,
            "contents": [{"quantity": 2, "name": "Planche d’érable"}, {"quantity": 0.5, "name": "Cire"}],
        },
        "options": options if changes else [],
    }
    assert message == {"version": 1, "type": "shipment.requested", "data": data}


@pytest.mark.parametrize("field", ["phone", "email"])
def test_the_schema_promises_what_canada_post_requires_of_a_recipient(receiver: Receiver, field: str) -> None:
    webhook(receiver.url).create(asked())
    [message] = receiver.messages
    message["data"]["recipient"][field] = ""
    assert not schema("shipment").is_valid(message)


def test_it_is_signed_and_its_id_is_the_request_id(receiver: Receiver) -> None:
    request = asked()
    webhook(receiver.url).create(request)
    [(headers, body)] = receiver.got
    told = {name.lower(): value for name, value in headers.items()}
    assert (told["webhook-id"], told["content-type"]) == (request.request_id, "application/json")
    assert SIGNER.has_signed(told, body)
    assert not SIGNER.has_signed(told, body + b" ")


def test_while_a_secret_is_changed_both_sign_and_both_are_believed(receiver: Receiver) -> None:
    system = webhook(receiver.url, SECRET=[OTHER_SECRET, SECRET])
    system.create(asked())
    [(headers, body)] = receiver.got
    told = {name.lower(): value for name, value in headers.items()}
    for secret in (SECRET, OTHER_SECRET):
        assert Signer([secret]).has_signed(told, body)
        assert system.has_signed(Signer([secret]).headers("1", body), body)


def test_the_same_is_sent_in_the_same_bytes(receiver: Receiver) -> None:
    request = asked()
    for _ in range(2):
        webhook(receiver.url).create(request)
    assert len({body for _headers, body in receiver.got}) == 1


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (Answer(200), Handed(status=200)),
        (Answer(204), Handed(status=204)),
        (Answer(300), Unknown(status=300)),
        (Answer(200, b"{}"), Handed(status=200)),
        (Answer(201, b'{"said": "Thanks."}'), Handed(said="Thanks.", status=201)),
        (Answer(200, b'{"tracking_number": "EE001438583CA"}'), Made(shipment_id=PIN, tracking_number=PIN, status=200)),
        (
            Answer(200, b'{"tracking_number": "EE001438583CA", "shipment_id": "A"}'),
            Made(shipment_id="A", tracking_number=PIN, status=200),
        ),
        (Answer(408), NotYet(status=408)),
        (Answer(429, headers={"Retry-After": "90"}), NotYet(reason=Reason.THROTTLED, seconds=90, status=429)),
        (Answer(503, headers={"Retry-After": "30"}), NotYet(seconds=30, status=503)),
        (Answer(401), NotYet(reason=Reason.CREDENTIALS, status=401)),
        (Answer(403), NotYet(reason=Reason.CREDENTIALS, status=403)),
        (Answer(400, b'{"said": "No\\u0000 such   service."}'), Refused(said="No such service.", status=400)),
        (Answer(422, b'{"detail": "Too heavy."}'), Refused(said="Too heavy.", status=422)),
        (Answer(413, b"<html>"), Refused(status=413)),
        (Answer(503), Unknown(status=503)),
        (Answer(500), Unknown(status=500)),
        (Answer(502, b"<html>"), Unknown(status=502)),
    ],
    ids=lambda value: f"{value.status} {value.body.decode()}" if isinstance(value, Answer) else "",
)
def test_every_answer_is_read_as_it_is_documented(receiver: Receiver, answer: Answer, meaning: Any) -> None:
    receiver.answer(answer)
    assert webhook(receiver.url).create(asked()) == meaning


@pytest.mark.parametrize(
    "body",
    [
        *(b"<html>Welcome!</html>", b"OK", b"[]", b'"x"', b"[" * 5000, b"{}" + b" " * 70_000),
        *(b'{"tracking_number": 12}', b'{"tracking_number": "7023210039414605"}'),
    ],
)
def test_a_200_with_garbage_leaves_it_open_whether_the_parcel_was_taken(receiver: Receiver, body: bytes) -> None:
    receiver.answer(Answer(200, body))
    answer = webhook(receiver.url).create(asked())
    assert isinstance(answer, Unknown)
    assert answer.said


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 404, 405, 410])
def test_nobody_else_is_sent_where_nothing_is_taken_and_no_redirect_is_followed(
    receiver: Receiver, status: int
) -> None:
    receiver.answer(Answer(status, headers={"Location": receiver.url}), Answer())
    system = webhook(receiver.url)
    answer = system.create(asked())
    assert isinstance(answer, NotYet)
    assert answer.reason == Reason.RECEIVER_GONE
    assert system.obstacle(live=False) == NotYet(reason=Reason.RECEIVER_GONE, seconds=GONE_FOR_SECONDS)
    assert isinstance(system.create(asked()), NotYet)
    assert len(receiver.got) == 1
    # The bystander: another address is another receiver.
    assert webhook(f"{receiver.url}/v2").obstacle(live=False) is None


def test_an_answer_that_never_comes_leaves_it_open_within_the_time(receiver: Receiver) -> None:
    receiver.answer(Answer(after_seconds=1.0))
    assert isinstance(webhook(receiver.url, TOTAL_TIMEOUT_SECONDS=0.2).create(asked()), Unknown)


def test_a_broken_connection_leaves_it_open(receiver: Receiver) -> None:
    receiver.answer(Answer(status=0))
    assert isinstance(webhook(receiver.url).create(asked()), Unknown)


def test_where_nobody_listens_nothing_was_sent() -> None:
    assert isinstance(webhook(NOBODY).create(asked()), NotYet)


def test_what_breaks_a_rule_of_deliver_to_post_office_is_not_sent(receiver: Receiver) -> None:
    assert webhook(receiver.url).objection(asked(service="DOM.XX")) is not None


def test_it_makes_labels_for_post_offices_only_when_somebody_says_so() -> None:
    assert webhook(NOBODY).supports_d2po is False
    assert webhook(NOBODY, HAS_SHOWN_A_LABEL=True).supports_d2po is True


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("URL", "http://parcels.example.com/"),
        ("URL", "ftp://127.0.0.1/"),
        ("URL", "https://user:word@parcels.example.com/"),
        ("URL", "https://"),
        ("URL", "https://[1/"),
        ("URL", "https://a:99999/"),
        ("URL", None),
        ("SECRET", "whsec_"),
        ("SECRET", "whsec_????"),
        ("SECRET", SECRET.removeprefix("whsec_")),
        ("SECRET", []),
        ("SECRET", [SECRET, "x"]),
        ("SECRET", 5),
        ("HAS_SHOWN_A_LABEL", "no"),
        ("TOTAL_TIMEOUT_SECONDS", 0),
        ("TOTAL_TIMEOUT_SECONDS", 31),
        ("TOTAL_TIMEOUT_SECONDS", float("nan")),
        ("TOTAL_TIMEOUT_SECONDS", True),
    ],
)
def test_with_a_wrong_option_nothing_can_be_sent_and_no_secret_is_told(option: str, value: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match=option) as raised:
        webhook(**{"url": NOBODY, option: value} if option != "URL" else {"url": value})
    assert SECRET.removeprefix("whsec_") not in str(raised.value)


@pytest.mark.parametrize("url", ["https://parcels.example.com/d2po", "http://localhost:8150/", "http://[::1]:8150/"])
def test_https_and_this_machine_are_good_addresses(url: str) -> None:
    assert webhook(url).alias == "default"


@pytest.mark.parametrize("length", [24, 64])
def test_secrets_of_the_shortest_and_longest_length_are_good(length: int) -> None:
    assert fault_of("whsec_" + base64.b64encode(b"k" * length).decode()) == ""
