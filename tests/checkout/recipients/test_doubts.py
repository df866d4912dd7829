"""What is unusual about a recipient: a question with a checkbox, never a refusal."""

import pytest
from django.utils import translation

from deliver_to_po.canadapost.identifiers import POSTAL_CODE
from deliver_to_po.canadapost.rules import broken_rules
from deliver_to_po.checkout.recipients.doubts import (
    MAIL_HOSTS,
    doubt_about_email,
    doubt_about_phone,
    doubt_about_postal_code,
    is_phone,
)
from deliver_to_po.checkout.recipients.form import RecipientForm
from deliver_to_po.core.provinces import PROVINCE_NAMES, PROVINCES_BY_FIRST_LETTER
from tests.checkout.recipients.test_form import fill
from tests.factories import POST_OFFICE, RECIPIENT, TYPED, make_request

ABROAD = "+33 1 42 68 53 00"
SLIP = "zoe@gmial.com"


def asked(**changes: str) -> dict[str, list[str]]:
    """Return the questions of a form that has nothing wrong, by field."""
    form = fill(**changes)
    assert not form.is_valid()
    assert form.only_asks
    return {name: [str(message) for message in messages] for name, messages in form.errors.items()}


def confirmed(**changes: str) -> RecipientForm:
    """Return the form as somebody sent it again with every box ticked."""
    return fill(**changes, **dict.fromkeys(RecipientForm.QUESTIONS, "on"))


def test_a_form_without_doubts_has_no_box_to_tick() -> None:
    for form in (RecipientForm(office=POST_OFFICE), fill(), confirmed()):
        form.is_valid()
        assert not [name for name in form.fields if name.startswith("confirm_")]


def test_a_postal_code_of_another_province_is_asked_about() -> None:
    (question,) = asked(postal_code="K1K 4T3", province="QC")["confirm_postal_code"]
    assert question == "The postal code K1K 4T3 is in Ontario, but the province chosen is Quebec. Are both right?"


def test_the_question_is_asked_in_french() -> None:
    with translation.override("fr"):
        (question,) = asked(postal_code="X0A 0H0", province="QC")["confirm_postal_code"]
    assert "X0A 0H0" in question
    assert "Territoires du Nord-Ouest ou Nunavut" in question
    assert "Vous avez choisi\u00a0: Québec" in question


@pytest.mark.parametrize("changes", [{"postal_code": "K1K 4T3", "province": "QC"}, {"phone": ABROAD}, {"email": SLIP}])
def test_nothing_typed_is_lost_by_a_question_and_ticking_the_box_goes_on(changes: dict[str, str]) -> None:
    form = fill(**changes)
    assert not form.is_valid()
    assert {name: form[name].value() for name in TYPED} == {**TYPED, **changes}
    again = confirmed(**changes)
    assert again.is_valid(), again.errors
    assert list(broken_rules(make_request(recipient=again.recipient()))) == []


def test_each_question_has_a_box_of_its_own() -> None:
    changes = {"postal_code": "H2X 1Y4", "email": SLIP, "phone": ABROAD}
    assert list(asked(**changes)) == ["confirm_postal_code", "confirm_email", "confirm_phone"]
    for name in asked(**changes):
        assert list(asked(**changes, **{name: "on"})) == [one for one in asked(**changes) if one != name]
    assert confirmed(**changes).is_valid()


def test_a_ticked_box_stays_while_something_else_is_put_right() -> None:
    form = fill(phone=ABROAD, name="", confirm_phone="on")
    assert list(form.errors) == ["name"]
    assert "checked" in str(form["confirm_phone"])


def test_a_box_is_tied_to_its_question_for_screen_readers() -> None:
    form = fill(phone=ABROAD)
    assert not form.is_valid()
    assert 'aria-describedby="id_confirm_phone_error"' in str(form["confirm_phone"])


def test_a_form_with_something_wrong_does_not_only_ask() -> None:
    form = fill(phone=ABROAD, name="")
    assert set(form.errors) == {"confirm_phone", "name"}
    assert not form.only_asks
    assert not fill().only_asks


@pytest.mark.parametrize("wrong", [{"postal_code": "90210"}, {"province": "NY"}])
def test_what_is_wrong_is_not_asked_about(wrong: dict[str, str]) -> None:
    form = fill(**{"postal_code": "H2X 1Y4", **wrong})
    assert list(form.errors) == list(wrong)


@pytest.mark.parametrize(
    ("letters", "provinces"),
    [
        *[("A", ["NL"]), ("B", ["NS"]), ("C", ["PE"]), ("E", ["NB"]), ("GHJ", ["QC"]), ("KLMNP", ["ON"])],
        *[("R", ["MB"]), ("S", ["SK"]), ("T", ["AB"]), ("V", ["BC"]), ("X", ["NT", "NU"]), ("Y", ["YT"])],
    ],
)
def test_every_first_letter_goes_with_its_provinces_and_no_other(letters: str, provinces: list[str]) -> None:
    for letter in letters:
        assert [code for code in PROVINCE_NAMES if not doubt_about_postal_code(f"{letter}2B2B2", code)] == provinces


def test_every_postal_code_that_there_can_be_has_a_province() -> None:
    letters = {letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if POSTAL_CODE.fullmatch(f"{letter}1A1A1")}
    assert letters == set(PROVINCES_BY_FIRST_LETTER)


def test_the_federal_government_s_codes_are_on_both_sides_of_the_river() -> None:
    assert doubt_about_postal_code("K1A0S5", "QC") == ""
    assert doubt_about_postal_code("K1A0S5", "NB")
    assert doubt_about_postal_code("K1B0S5", "QC")


@pytest.mark.parametrize(
    "phone", ["613-555-0199", "+1 613 555 0199", "1 876 555 0199", "800-555-0199 x4", "876 555 0199p7"]
)
def test_a_north_american_number_is_taken_without_a_question(phone: str) -> None:
    assert is_phone(phone)
    assert doubt_about_phone(phone) == ""


@pytest.mark.parametrize(
    "phone",
    [
        *[ABROAD, "011 33 1 42 68 53 00", "+44 20 7946 0958", "+52 55 1234 5678", "+33 1 42 68 53 00 x12"],
        # Saint-Pierre-et-Miquelon, Andorra and Niue have short numbers.
        *["+508 41 12 34", "+376312345", "+683 4000"],
    ],
)
def test_a_number_abroad_is_asked_about(phone: str) -> None:
    (question,) = asked(phone=phone)["confirm_phone"]
    assert "outside Canada and the United States" in question


@pytest.mark.parametrize("phone", ["233-555-0199", "+1 (233) 555-0199", "1-233-555-0199 x5"])
def test_an_area_code_that_may_be_newer_than_our_list_is_asked_about(phone: str) -> None:
    (question,) = asked(phone=phone)["confirm_phone"]
    assert "area code 233" in question


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.ca", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("Gmai.com", "gmail.com"),
        ("hotmail.co", "hotmail.com"),
        ("hotmial.ca", "hotmail.ca"),
        ("outlok.com", "outlook.com"),
        ("videotron.cq", "videotron.ca"),
    ],
)
def test_a_slip_in_a_well_known_host_is_asked_about(host: str, known: str) -> None:
    (question,) = asked(email=f"zoe@{host}")["confirm_email"]
    assert question == f"This e-mail address ends in {host.lower()}, not {known}. Is that right?"


@pytest.mark.parametrize(
    "host", [*MAIL_HOSTS, "GMAIL.COM", "example.com", "yahoo.fr", "bell.ca", "hotmail.fr", "ugly.ca"]
)
def test_a_host_that_is_well_known_or_like_none_is_taken_without_a_question(host: str) -> None:
    assert doubt_about_email(f"gmial.com@{host}") == ""


def test_what_is_no_phone_number_raises_no_question() -> None:
    for text in ("", "call me", "+999 1", "()"):
        assert doubt_about_phone(text) == ""


def test_nothing_is_done_with_what_a_box_says() -> None:
    class Untouched(str):
        """Text that may not be looked at."""

        __slots__ = ()

        def lower(self) -> str:
            raise AssertionError("looked at")

    form = fill(phone=ABROAD, confirm_phone=Untouched("\u0301\u0327" * 80_000))
    assert form.is_valid()


def test_a_tick_is_all_that_a_box_takes() -> None:
    form = fill(phone=ABROAD, confirm_phone="q" * 160_000)
    assert form.is_valid()
    assert "qqq" not in str(form)


def test_a_box_that_is_not_asked_for_changes_nothing() -> None:
    form = fill(confirm_phone="on")
    assert form.is_valid()
    assert form.recipient() == RECIPIENT
