"""The recipient's form: what a label needs, and nothing that it cannot print."""

from typing import Any

import pytest
from django.utils import translation

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.rules import broken_rules
from deliver_to_po.checkout.recipients.form import RecipientForm, initial_recipient
from tests.factories import POST_OFFICE, RECIPIENT, TYPED, make_request


def fill(**changes: str) -> RecipientForm:
    return RecipientForm({**TYPED, **changes}, office=POST_OFFICE)


def refused(**changes: str) -> Any:
    """Return the messages of a form that must be refused, by field."""
    form = fill(**changes)
    assert not form.is_valid()
    return form.errors


def test_a_complete_recipient_is_taken_as_a_label_wants_it() -> None:
    form = fill()
    assert form.is_valid(), form.errors
    assert form.recipient() == RECIPIENT


@pytest.mark.parametrize("field", ["name", "address_line_1", "city", "province", "postal_code", "email", "phone"])
def test_each_field_that_a_label_needs_is_asked_for_by_its_own_message(field: str) -> None:
    errors = refused(**{field: "   "})
    assert list(errors) == [field]
    messages = {str(refused(**{name: ""})[name]) for name in TYPED if name != "address_line_2"}
    assert len(messages) == 7


@pytest.mark.parametrize("field", ["name", "address_line_1", "city", "email", "phone"])
def test_a_dash_or_a_dot_in_place_of_an_answer_is_none(field: str) -> None:
    assert refused(**{field: "–."}).as_data()[field][0].code == "required"


@pytest.mark.parametrize("name", ["12", "zoe@example.com"])
def test_a_number_or_an_e_mail_address_is_no_name(name: str) -> None:
    assert "Enter the full name" in str(refused(name=name)["name"])


@pytest.mark.parametrize("line", ["", "-"])
def test_the_second_address_line_may_be_empty(line: str) -> None:
    form = fill(address_line_2=line)
    assert form.is_valid()
    assert form.recipient().address.line_2 == ""


@pytest.mark.parametrize(
    ("field", "longest"),
    [
        ("name", lengths.RECIPIENT_NAME),
        ("address_line_1", lengths.RECIPIENT_ADDRESS_LINE),
        ("address_line_2", lengths.RECIPIENT_ADDRESS_LINE),
        ("city", lengths.RECIPIENT_CITY),
    ],
)
def test_what_does_not_fit_on_the_label_is_refused_and_kept(field: str, longest: int) -> None:
    assert fill(**{field: "é" * longest}).is_valid()
    form = fill(**{field: "é" * (longest + 1)})
    assert f"{longest + 1} characters, but only {longest} fit" in str(form.errors[field])
    assert form[field].value() == "é" * (longest + 1)


def test_the_browser_is_not_told_to_cut_what_is_pasted() -> None:
    assert "maxlength" not in str(fill())


def test_only_canadian_provinces_are_taken() -> None:
    assert "Canadian province" in str(refused(province="NY")["province"])
    assert str(RecipientForm(office=POST_OFFICE)["province"]).count("<option") == 14


def test_provinces_are_in_the_alphabet_s_order_of_the_language() -> None:
    with translation.override("fr"):
        options = str(RecipientForm(office=POST_OFFICE)["province"])
    assert options.index("Île-du-Prince-Édouard") < options.index("Manitoba")


@pytest.mark.parametrize("spelling", ["K1K4T3", " K1K\u00a04T3 ", "k1k-4t3", "K1K.4T3", "“k1k 4t3”, Canada"])
def test_a_postal_code_is_understood_in_any_spelling(spelling: str) -> None:
    form = fill(postal_code=spelling)
    assert form.is_valid(), form.errors
    assert form.recipient().address.postal_code == "K1K4T3"


@pytest.mark.parametrize("wrong", ["90210", "D1A 0B1", "K1K 4T", "K1K 4T33", "²" * 6])
def test_what_is_no_canadian_postal_code_is_refused(wrong: str) -> None:
    assert "Canadian postal code" in str(refused(postal_code=wrong)["postal_code"])


@pytest.mark.parametrize("alike", ["K1A OB1", "k1aob1", "KIA 0B1", "k1a-0bl"])
def test_a_postal_code_with_letters_for_digits_is_written_out_as_it_should_be(alike: str) -> None:
    assert "Enter it like this: K1A 0B1" in str(refused(postal_code=alike)["postal_code"])


def test_an_e_mail_address_with_accents_has_a_message_of_its_own() -> None:
    assert "without accents" in str(refused(email="zoé@example.com")["email"])
    assert "name@example.com" in str(refused(email="zoe at example")["email"])


def test_an_e_mail_address_too_long_for_canada_post_is_refused() -> None:
    said = str(refused(email=f"{'a' * 50}@example.com")["email"])
    assert "at most 60 characters, and this one has 62. Enter another address." in said


def test_without_a_contract_an_ending_that_no_label_takes_is_refused(change_settings: Any) -> None:
    """The older schema of such labels takes five letters; Quebec's own ending has six."""
    assert fill(email="zoe@example.quebec").is_valid()
    change_settings(CANADA_POST={"API": "webservices", "WITHOUT_CONTRACT": True})
    assert "at most 5 letters after the last dot" in str(refused(email="zoe@example.quebec")["email"])
    assert fill(email="zoe@example.email").is_valid()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("613-555-0199", "613-555-0199"),
        ("+1 (613) 555-0199", "+1 (613) 555-0199"),
        ("613.555.0199", "613.555.0199"),
        ("1 876 555 0199", "1 876 555 0199"),
        ("(613)555-0199", "(613)555-0199"),
        ("6135550199", "6135550199"),
        ("６１３-555-0199", "613-555-0199"),
        ("+1 (613) 555-0199 x123456", "+1 (613) 555-0199 x123456"),
        ("613‑555–0199", "613-555-0199"),
        ("613\u00a0555\u00a00199", "613 555 0199"),
        ("613-555-0199 ext. 12", "613-555-0199 x12"),
        ("613-555-0199, poste 12", "613-555-0199x12"),
        ("613-555-0199 #12", "613-555-0199 x12"),
        ("613-555-0199x12", "613-555-0199x12"),
        ("613-555-0199 (ext. 12)", "613-555-0199 x12"),
        ("\u202d613-555-0199\u202c", "613-555-0199"),
        ("\u202a613-555-0199\u202c", "613-555-0199"),
        ("613/555-0199", "613-555-0199"),
        ("tel: 613-555-0199", "613-555-0199"),
        ("Tél. : 613 555-0199", "613 555-0199"),
        ("tel:+16135550199", "+16135550199"),
    ],
)
def test_phone_numbers_are_taken_as_people_write_them(typed: str, kept: str) -> None:
    form = fill(phone=typed)
    assert form.is_valid(), form.errors
    assert form.recipient().phone == kept


@pytest.mark.parametrize(
    "wrong",
    [
        *["555-0199", "613-555-0199 please", "call me", "0" * 26],
        *["613-555-019", "613-555-01999", "+1 613 555 019", "+1 613 555 01999", "+33 1 42", "+33 1 42 68 53 00 00 00"],
        *["123-456-7890", "613-055-0199", "613-155-0199", "999-555-0199", "211-555-0199", "613-411-0199"],
        *[
            "555-555-5555",
            "000-000-0000",
            "06 12 34 56 78",
            "+999 613 555 0199",
            "+508 41 12",
            "508 41 12 34",
            "-----------",
        ],
    ],
)
def test_other_phone_numbers_are_refused(wrong: str) -> None:
    assert list(refused(phone=wrong)) == ["phone"]


def test_a_phone_number_too_long_for_canada_post_is_refused() -> None:
    assert "only 25 fit" in str(refused(phone="+1 (613) 555-0199 x1234567")["phone"])


def test_the_post_office_s_street_with_another_postal_code_is_taken() -> None:
    assert fill(address_line_1="3080 Carling Ave", address_line_2="").is_valid()


def test_the_post_office_s_own_address_is_refused() -> None:
    errors = refused(address_line_1="3080 Carling Ave", address_line_2="", postal_code="K2B 7K0")
    assert list(errors) == ["address_line_1"]
    assert "post office’s address" in str(errors["address_line_1"])


@pytest.mark.parametrize(
    "typed",
    [
        {"address_line_1": "General Delivery", "address_line_2": "", "province": "NU", "postal_code": "X0A 0H0"},
        {"address_line_1": "RR 2", "address_line_2": ""},
        {"address_line_1": "PO Box 12", "address_line_2": ""},
        {"address_line_1": "Lot 5, Concession 3", "address_line_2": ""},
        {"address_line_1": "3080, av. Carling", "address_line_2": "App. 4", "postal_code": "K2B 7K0"},
    ],
)
def test_real_addresses_without_a_street_or_above_the_office_are_taken(typed: dict[str, str]) -> None:
    assert fill(**typed).is_valid()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "é" * lengths.RECIPIENT_NAME},
        {"phone": "+1 613 555 0199 extension 4321"},
        {"phone": "613 555 0199p7"},
        {"email": "o'neil+parcels@mail.example.co"},
        {"city": "L’Ancienne-Lorette"},
        {"address_line_2": ""},
    ],
)
def test_what_the_form_takes_breaks_no_rule_of_a_label(changes: dict[str, str]) -> None:
    form = fill(**changes)
    assert form.is_valid(), form.errors
    assert list(broken_rules(make_request(recipient=form.recipient()))) == []


def test_the_browser_is_told_what_to_fill_in() -> None:
    form = RecipientForm(office=POST_OFFICE)
    assert {name: form[name].field.widget.attrs["autocomplete"] for name in form.fields} == {
        "name": "name",
        "address_line_1": "address-line1",
        "address_line_2": "address-line2",
        "city": "address-level2",
        "province": "address-level1",
        "postal_code": "postal-code",
        "email": "email",
        "phone": "tel",
    }


def test_the_form_is_filled_with_what_the_shop_knows() -> None:
    known = RecipientSuggestion(name="Zoé", postal_code="k1k4t3", province="on")
    initial = initial_recipient(known)
    assert (initial["name"], initial["postal_code"], initial["province"]) == ("Zoé", "K1K 4T3", "ON")


def test_the_form_is_filled_with_what_was_entered_before() -> None:
    initial = initial_recipient(RECIPIENT)
    assert initial["address_line_2"] == "App. 4"
    assert initial["postal_code"] == "K1K 4T3"


def test_a_field_is_called_by_its_name_and_explained_beside_it() -> None:
    fields = fill().fields
    assert (fields["email"].label, fields["phone"].label) == ("E-mail", "Phone")
    assert all("Canada Post" in str(fields[name].help_text) for name in ("email", "phone"))


def test_wrong_fields_are_tied_to_their_messages_for_screen_readers() -> None:
    form = fill(phone="")
    assert not form.is_valid()
    html = str(form["phone"])
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
