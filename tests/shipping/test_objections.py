"""A rule that a request breaks is said in words that a clerk reads, in English and in French."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from deliver_to_po.canadapost.constraints import Rule
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.rules import broken_rules, check_shipment
from deliver_to_po.core.choices import Reason
from deliver_to_po.shipping import Refused, ShipmentOption
from deliver_to_po.shipping.canadapost_request import carrier_request
from deliver_to_po.shipping.objections import FIELDS, SENTENCES, OwnRule, objection_to, refusal, worded
from tests.canadapost import test_constraints, test_rules
from tests.factories import PARCEL, RECIPIENT, make_request
from tests.shipping.requests import asked

BREAKING = [*test_rules.BREAKING, *test_constraints.BREAKING]
VALUES = {"length": 45, "most": 44, "unit": "kg", "code": "LAD", "sign": "=", "numbers": "S-1"}
RULES = (*Rule, *OwnRule)
# What nobody can type wrong: how the label is printed, and a date of our own.
WITHOUT_RULES = {"mailing_date", "paper_size"}
# Ours, or of another field that a request names in one piece: "recipient.address.line_1", "office_id";
# a value left out.
RAW = re.compile(r"[a-z]+_[a-z]|\b(?:recipient|sender|parcel|account|address)\.[a-z]|%\(")


def said_of(error: InvalidRequest, language: str) -> str:
    with translation.override(language):
        return refusal(error).said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_broken_request_is_explained_without_a_raw_field(language: str) -> None:
    for request, field in BREAKING:
        with pytest.raises(InvalidRequest) as caught:
            check_shipment(request)
        said = said_of(caught.value, language)
        with translation.override(language):
            assert said.startswith(str(FIELDS[field]))
        assert not RAW.search(said)
        assert caught.value.rule not in said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_rule_of_a_field_is_words(language: str) -> None:
    broken = [InvalidRequest("create shipment", field, rule, VALUES) for field in FIELDS for rule in RULES]
    said = [said_of(error, language) for error in broken]
    assert [sentence for sentence in said if RAW.search(sentence)] == []


def test_every_rule_has_words_of_its_own_in_each_language() -> None:
    for rule in RULES:
        error = InvalidRequest("create shipment", "recipient.name", rule, VALUES)
        english, french = (said_of(error, language) for language in ("en", "fr"))
        assert english.partition(": ")[2] != french.partition(": ")[2]
        assert french.startswith("Nom du destinataire\u00a0: ")


def test_the_words_are_for_the_rules_that_there_are() -> None:
    assert set(SENTENCES) == set(RULES)
    met = {broken.rule for request, _ in BREAKING for broken in broken_rules(request)}
    assert met <= set(Rule)


def test_every_field_of_a_request_and_of_an_account_has_words() -> None:
    of_accounts = {field for _, field in test_rules.BREAKING_ACCOUNTS}
    assert {*_paths(make_request()), *of_accounts} - WITHOUT_RULES <= set(FIELDS)


def _paths(value: Any, path: str = "") -> Iterator[str]:
    # Dataclasses and named tuples have fields.
    names = [field.name for field in fields(value)] if is_dataclass(value) else getattr(value, "_fields", ())
    if not names:
        yield path
    for name in names:
        yield from _paths(getattr(value, name), f"{path}.{name}".strip("."))


SAID = [
    (
        {"recipient": replace(RECIPIENT, phone="555-0199")},
        "Recipient’s phone number: this must be a number with its area code, such as 613-555-0123.",
        "Numéro de téléphone du destinataire\u00a0: il faut un numéro avec l’indicatif régional, "
        "par exemple 613 555-0123.",
    ),
    (
        {"recipient": replace(RECIPIENT, name="N" * 45)},
        "Recipient’s name: 45 characters, but at most 44 fit.",
        "Nom du destinataire\u00a0: 45 caractères, mais au plus 44 sont acceptés.",
    ),
    (
        {"parcel": replace(PARCEL, weight_kg=Decimal("30.001"))},
        "Parcel’s weight: this must be more than 0 and at most 30 kg.",
        "Poids du colis\u00a0: il faut plus de 0 et au plus 30\u00a0kg.",
    ),
    (
        {"service": "DOM.RP"},
        "Service: this service does not go to a post office.",
        "Service\u00a0: ce service ne livre pas au bureau de poste.",
    ),
    (
        {"options": (ShipmentOption("COV", Decimal("100.01")),)},
        "Options: coverage of more than $100 needs a signature.",
        "Options\u00a0: une couverture de plus de 100\u00a0$ exige une signature.",
    ),
]


@pytest.mark.parametrize(("changes", "english", "french"), SAID)
def test_an_objection_is_said_in_the_active_language(changes: dict[str, Any], english: str, french: str) -> None:
    for language, said in (("en", english), ("fr-ca", french)):
        with translation.override(language):
            assert objection_to(asked(**changes)) == Refused(reason=Reason.INVALID, said=said)


def test_a_request_that_keeps_every_rule_meets_no_objection() -> None:
    assert objection_to(asked()) is None


def test_a_rule_that_nobody_has_put_into_words_is_still_said() -> None:
    assert refusal(InvalidRequest("create shipment", "x", "50% is wrong")).said == "Shipment: 50% is wrong."


def test_the_label_of_one_of_several_parcels_says_which_it_is() -> None:
    assert carrier_request(asked(reference="B-1")).reference == "B-1"
    assert carrier_request(asked(reference="B-1", number=1, parcels=2)).reference == "B-1 1/2"
    longest = carrier_request(asked(reference="B" * 35, number=10, parcels=12)).reference
    assert (len(longest), longest[-7:]) == (35, "B 10/12")


def test_a_broken_rule_is_kept_without_words_and_read_in_any_language() -> None:
    with translation.override("en"):
        objection = objection_to(asked(recipient=replace(asked().recipient, name="x" * 45)))
    assert objection is not None
    assert objection.said not in objection.rule
    for language in ("en", "fr"):
        with translation.override(language):
            again = objection_to(asked(recipient=replace(asked().recipient, name="x" * 45)))
            assert again is not None
            assert worded(objection.rule) == again.said
    # What a shipping system said is its own, JSON or not.
    for text in ("refused", '{"field": 1}', "[]", "7", ""):
        assert worded(text) == text
