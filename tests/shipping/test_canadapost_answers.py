"""What each of Canada Post's errors is to the hand-off: refused, not yet, or unknown."""

from datetime import date
from typing import Any

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.client import Capabilities
from deliver_to_po.canadapost.errors import CanadaPostError, Message
from deliver_to_po.canadapost.types import Address, Link, Manifest, ShipmentDetails, ShipmentInfo, ShipmentStatus
from deliver_to_po.core.choices import Reason
from deliver_to_po.shipping import (
    Answer,
    Made,
    NotYet,
    RefundAsked,
    Refused,
    ShippingSystem,
    Transmission,
    Transmitted,
    Unknown,
)
from deliver_to_po.shipping import canadapost as shipping
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.shipping.canadapost_answers import info_of, made_of, no_history
from tests.shipping.requests import asked

WHAT = "an operation"
SENTENCE = (Message("9111", "Canary says no."),)
SAID: dict[str, Any] = {"said": "9111: Canary says no.", "codes": ("9111",)}
MADE = Made(shipment_id="347881315405043891", tracking_number="7023210039414604")


def after(error: CanadaPostError, seconds: float) -> CanadaPostError:
    """Return ``error`` of an answer that names the seconds to wait."""
    error.retry_after = seconds
    return error


class Failing:
    """A Canada Post where every call ends in the same error."""

    capabilities = Capabilities(void=True)

    def __init__(self, error: CanadaPostError):
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def fail(*_: object, **_named: object) -> None:
            raise self.error

        return fail


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that gives the shipping system a Canada Post that fails with an error."""

    def make(error: CanadaPostError) -> ShippingSystem:
        monkeypatch.setattr(shipping, "canada_post", lambda **_: Failing(error))
        return CanadaPostShipping("default", {})

    return make


def coded(code: str) -> tuple[Message, ...]:
    return (Message(code, "Canary."),)


# What may be asked again whatever was asked: nothing was done.
NOT_NOW: list[tuple[CanadaPostError, Answer]] = [
    (errors.NotFound(WHAT, status=404), NotYet(reason=Reason.UNAVAILABLE, status=404)),
    (errors.CredentialsRefused(WHAT, status=401), NotYet(reason=Reason.CREDENTIALS, status=401)),
    (errors.NotEntitled(WHAT, status=403, messages=SENTENCE), NotYet(reason=Reason.NOT_ENTITLED, status=403, **SAID)),
    (errors.Throttled(WHAT, status=429, retry_after=7), NotYet(reason=Reason.THROTTLED, seconds=7, status=429)),
    (errors.Unavailable(WHAT), NotYet(reason=Reason.UNAVAILABLE)),
    (after(errors.Unavailable(WHAT, status=503), 9), NotYet(reason=Reason.UNAVAILABLE, seconds=9, status=503)),
    *(
        (
            errors.Refused(WHAT, status=400, messages=coded(code)),
            NotYet(reason=Reason.NOT_ENTITLED, said=f"{code}: Canary.", status=400, codes=(code,)),
        )
        for code in ("AA003", "AA004", "1702", "2561")
    ),
]
CREATE: list[tuple[CanadaPostError, Answer]] = [
    *NOT_NOW,
    (errors.Refused(WHAT, status=400, messages=SENTENCE), Refused(status=400, **SAID)),
    *(
        (
            errors.Refused(WHAT, status=400, messages=coded(code)),
            NotYet(reason=Reason.NO_CARD, seconds=3600, said=f"{code}: Canary.", status=400, codes=(code,)),
        )
        for code in ("9174", "1182")
    ),
    (errors.NotFound(WHAT, status=404, messages=SENTENCE), Refused(status=404, **SAID)),
    (errors.AlreadyExists(WHAT, status=400, messages=SENTENCE), Unknown(exists=True, status=400, **SAID)),
    (errors.UnknownOutcome(WHAT, status=500, messages=SENTENCE), Unknown(status=500, **SAID)),
    (errors.Unreadable(WHAT, status=200), Unknown(status=200)),
    (errors.NotReady(WHAT, status=202), Unknown(status=202)),
    (errors.NotSupported(WHAT), Unknown()),
    (
        errors.InvalidRequest(WHAT, "recipient.name", "is required"),
        Refused(reason=Reason.INVALID, said="Recipient’s name: this is missing."),
    ),
]
LOOK_UP: list[tuple[CanadaPostError, Answer]] = [
    *NOT_NOW,
    (errors.Unreadable(WHAT), NotYet(reason=Reason.UNAVAILABLE)),
    (errors.NotFound(WHAT, messages=SENTENCE), NotYet(reason=Reason.UNAVAILABLE, **SAID)),
]
LABEL: list[tuple[CanadaPostError, Answer]] = [
    *NOT_NOW,
    (errors.NotReady(WHAT, status=202), NotYet(reason=Reason.LABEL_NOT_READY, status=202)),
    (after(errors.NotReady(WHAT), 4), NotYet(reason=Reason.LABEL_NOT_READY, seconds=4)),
    (errors.Unreadable(WHAT, messages=SENTENCE), NotYet(reason=Reason.LABEL_UNREADABLE, **SAID)),
]
MANIFEST: list[tuple[CanadaPostError, Answer]] = [
    *NOT_NOW,
    (after(errors.NotReady(WHAT, status=202), 4), NotYet(reason=Reason.MANIFEST_NOT_READY, seconds=4, status=202)),
    (errors.Unreadable(WHAT, messages=SENTENCE), NotYet(reason=Reason.MANIFEST_UNREADABLE, **SAID)),
]


def names(rows: list[Any]) -> list[str]:
    return [f"{type(error).__name__}-{error.status}-{len(error.codes)}-{error.retry_after}" for error, _ in rows]


@pytest.mark.parametrize(("error", "expected"), CREATE, ids=names(CREATE))
def test_an_error_when_a_shipment_is_made(failing: Any, error: CanadaPostError, expected: Answer) -> None:
    assert failing(error).create(asked()) == expected


def test_every_kind_of_error_has_its_answer() -> None:
    assert {type(error) for error, _ in CREATE} == set(CanadaPostError.__subclasses__())


@pytest.mark.parametrize(("error", "expected"), LOOK_UP, ids=names(LOOK_UP))
def test_an_error_when_a_shipment_is_looked_up(failing: Any, error: CanadaPostError, expected: Answer) -> None:
    assert failing(error).look_up(asked()) == expected


@pytest.mark.parametrize(("error", "expected"), LABEL, ids=names(LABEL))
def test_an_error_when_a_label_is_fetched(failing: Any, error: CanadaPostError, expected: Answer) -> None:
    assert failing(error).label(MADE) == expected


@pytest.mark.parametrize(("error", "expected"), MANIFEST, ids=names(MANIFEST))
def test_an_error_when_a_manifest_is_fetched(failing: Any, error: CanadaPostError, expected: Answer) -> None:
    assert failing(error).manifest("1") == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.Unreadable(WHAT, messages=SENTENCE), NotYet(reason=Reason.UNREADABLE, **SAID)),
        (errors.Refused(WHAT, status=200, messages=SENTENCE), NotYet(reason=Reason.UNAVAILABLE, status=200, **SAID)),
        (
            errors.Refused(WHAT, messages=(Message("002", "Duplicate Pin"),)),
            NotYet(reason=Reason.REFUSED, said="002: Duplicate Pin", codes=("002",)),
        ),
        (errors.InvalidRequest(WHAT, "pin", "is none"), NotYet(reason=Reason.REFUSED)),
        (errors.Unavailable(WHAT), NotYet(reason=Reason.UNAVAILABLE)),
    ],
)
def test_what_concerns_one_parcel_is_told_from_what_concerns_them_all(error: CanadaPostError, expected: Answer) -> None:
    assert no_history(error) == expected


def test_what_canada_post_said_is_in_no_repr(failing: Any) -> None:
    assert "Canary" not in repr(failing(errors.Refused(WHAT, messages=SENTENCE)).create(asked()))


LINKS = (Link("self", "https://x.test/1", "application/json"), Link("label", "https://x.test/2", "application/pdf"))


@pytest.mark.parametrize(
    ("status", "transmitted", "suspended"),
    [
        (ShipmentStatus.CREATED, False, False),
        (ShipmentStatus.TRANSMITTED, True, False),
        (ShipmentStatus.SUSPENDED, False, True),
    ],
)
def test_what_canada_post_says_of_a_shipment_is_kept(
    status: ShipmentStatus, transmitted: bool, suspended: bool
) -> None:
    made = made_of(ShipmentInfo("S1", status, "7023210039414604", links=LINKS))
    assert (made.shipment_id, made.tracking_number) == ("S1", "7023210039414604")
    assert (made.transmitted, made.suspended) == (transmitted, suspended)


def test_the_links_to_a_label_come_back_as_they_were() -> None:
    info = ShipmentInfo("S1", ShipmentStatus.CREATED, "7023210039414604", links=LINKS)
    assert info_of(made_of(info)) == info


def test_a_shipment_without_links_is_still_one() -> None:
    assert info_of(MADE).links == ()


def served(error: CanadaPostError) -> CanadaPostError:
    """Return ``error`` as one that the service itself answered."""
    error.by_service = True
    return error


# For both calls that undo a shipment.
TAKEN_BACK: list[tuple[CanadaPostError, Answer]] = [
    *NOT_NOW,
    (errors.Refused(WHAT, status=400, messages=SENTENCE), Refused(reason=Reason.NOT_TAKEN_BACK, status=400, **SAID)),
    (errors.UnknownOutcome(WHAT, status=500, messages=SENTENCE), Unknown(status=500, **SAID)),
    (errors.Unreadable(WHAT, status=200), Unknown(status=200)),
    (errors.NotSupported(WHAT), Refused(reason=Reason.CANNOT_TAKE_BACK)),
    (errors.InvalidRequest(WHAT, "shipment_id", "is an id"), Refused(reason=Reason.CANNOT_TAKE_BACK)),
    (served(errors.NotFound(WHAT, status=404)), Refused(reason=Reason.NOT_HELD, status=404)),
]
VOID: list[tuple[CanadaPostError, Answer]] = [
    *TAKEN_BACK,
    (
        errors.Refused(WHAT, status=400, messages=coded("8064")),
        Refused(reason=Reason.TRANSMITTED, said="8064: Canary.", status=400, codes=("8064",)),
    ),
]
REFUND: list[tuple[CanadaPostError, Answer]] = [
    *TAKEN_BACK,
    (
        errors.Refused(WHAT, status=400, messages=coded("7291")),
        Refused(reason=Reason.NOT_TRANSMITTED, said="7291: Canary.", status=400, codes=("7291",)),
    ),
    (
        errors.Refused(WHAT, status=400, messages=coded("7292")),
        RefundAsked(said="7292: Canary.", status=400, codes=("7292",)),
    ),
    (
        errors.Refused(WHAT, status=400, messages=coded("7296")),
        NotYet(said="7296: Canary.", status=400, codes=("7296",)),
    ),
    (errors.InvalidRequest(WHAT, "email", "is an e-mail address"), Refused(reason=Reason.NO_REFUND_EMAIL)),
]


@pytest.mark.parametrize(("error", "answer"), VOID)
def test_what_an_error_says_of_a_shipment_that_was_to_be_voided(
    failing: Any, error: CanadaPostError, answer: Answer
) -> None:
    assert failing(error).void(MADE) == answer


@pytest.mark.parametrize(("error", "answer"), REFUND)
def test_what_an_error_says_of_a_refund_that_was_asked_for(
    failing: Any, error: CanadaPostError, answer: Answer
) -> None:
    assert failing(error).refund(MADE, "refunds@shop.example") == answer


@pytest.mark.parametrize(
    "again", [None, errors.Unavailable(WHAT), errors.NotFound(WHAT, status=404), errors.UnknownOutcome(WHAT)]
)
def test_that_a_shipment_is_not_there_is_believed_only_when_it_is_said_twice(
    monkeypatch: pytest.MonkeyPatch, again: CanadaPostError | None
) -> None:
    class Half:
        capabilities = Capabilities()

        def void_shipment(self, _shipment_id: str) -> None:
            raise served(errors.NotFound(WHAT, status=404))

        def shipment_details(self, _shipment_id: str) -> None:
            if again is not None:
                raise again

    monkeypatch.setattr(shipping, "canada_post", lambda **_: Half())
    answer = CanadaPostShipping("default", {}).void(MADE)
    assert isinstance(answer, NotYet)
    assert answer.reason == Reason.UNAVAILABLE


@pytest.mark.parametrize(
    ("groups", "answer"),
    [
        ([], Refused(reason=Reason.NOT_HELD, status=404)),
        (errors.Unavailable(WHAT), NotYet(reason=Reason.UNAVAILABLE)),
        (errors.NotFound(WHAT, status=404), NotYet(reason=Reason.UNAVAILABLE, status=404)),
    ],
)
def test_a_gateways_404_is_believed_only_while_the_service_answers_something_else(
    monkeypatch: pytest.MonkeyPatch, groups: Any, answer: Answer
) -> None:
    class Gateway(Failing):
        capabilities = Capabilities(manifests=True)

        def groups(self) -> list[str]:
            if isinstance(groups, CanadaPostError):
                raise groups
            return list(groups)

    monkeypatch.setattr(shipping, "canada_post", lambda **_: Gateway(errors.NotFound(WHAT, status=404)))
    assert CanadaPostShipping("default", {}).void(MADE) == answer


def test_while_a_gateway_answers_404_to_everything_nothing_is_known_of_a_transmission(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Gateway(Failing):
        capabilities = Capabilities(manifests=True)

        def find_manifests(self, _first: date, _last: date) -> list[str]:
            return []

    monkeypatch.setattr(shipping, "canada_post", lambda **_: Gateway(errors.NotFound(WHAT, status=404)))
    request = Transmission(("a group",), ("1", "2"), asked().sender, date(2026, 11, 29))
    assert isinstance(CanadaPostShipping("default", {}).find_transmission(request), NotYet)


@pytest.mark.parametrize("status", [ShipmentStatus.CREATED, ShipmentStatus.TRANSMITTED])
@pytest.mark.parametrize(("untold", "known"), [(0, True), (50, True), (51, False)])
def test_only_what_no_manifest_tells_of_is_asked_about_one_by_one_and_not_too_many(
    monkeypatch: pytest.MonkeyPatch, untold: int, known: bool, status: ShipmentStatus
) -> None:
    told_of = [str(number) for number in range(51)]
    others = [f"other-{number}" for number in range(untold)]
    asked_about: list[str] = []

    class Holding(Failing):
        capabilities = Capabilities(manifests=True)

        def find_manifests(self, _first: date, _last: date) -> list[str]:
            return ["M-1"]

        def manifest(self, manifest_id: str) -> Manifest:
            return Manifest(manifest_id, "P1")

        def manifest_shipments(self, _manifest: Manifest) -> list[str]:
            return told_of

        def shipment_details(self, shipment_id: str) -> ShipmentDetails:
            asked_about.append(shipment_id)
            address = Address("", "", "", "")
            return ShipmentDetails(status, "", "", "", address)

    monkeypatch.setattr(shipping, "canada_post", lambda **_: Holding(errors.NotFound(WHAT, status=404)))
    request = Transmission(("a group",), (*told_of, *others), asked().sender, date(2026, 11, 29))
    answer = CanadaPostShipping("default", {}).find_transmission(request)
    left = tuple(others) if status == ShipmentStatus.CREATED else ()
    assert answer == (Transmitted(manifest_ids=("M-1",), left=left) if known else shipping.NOT_TOLD)
    assert asked_about == (others if known else [])


@pytest.mark.parametrize(
    ("api", "without", "flags"),
    [
        ("portal", False, {"can_void", "can_transmit", "refuses_repeated_ids"}),
        ("webservices", False, {"can_void", "can_transmit", "refuses_repeated_ids"}),
        ("portal", True, {"refuses_repeated_ids"}),
        ("webservices", True, {"doubles_repeated_ids"}),
    ],
)
def test_without_a_contract_nothing_is_voided_or_transmitted_and_xml_knows_no_id(
    change_settings: Any, api: str, without: bool, flags: set[str]
) -> None:
    change_settings(CANADA_POST={"API": api, "WITHOUT_CONTRACT": without})
    system = CanadaPostShipping("default", {})
    names = {"can_void", "can_transmit", "refuses_repeated_ids", "doubles_repeated_ids"}
    assert {name for name in names if getattr(system, name)} == flags
    assert (system.can_look_up, system.can_refund) == (True, True)
    assert bool(system.group(date(2026, 11, 26))) is not without
