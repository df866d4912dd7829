"""Fields that measure a text first and refuse what a label cannot print."""

import re
import unicodedata
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from django.utils import translation

from deliver_to_po.canadapost import identifiers as ids
from deliver_to_po.canadapost import lengths
from deliver_to_po.checkout.recipients.fields import is_printable
from deliver_to_po.labels import typeset
from tests.checkout.recipients.test_form import fill, refused
from tests.factories import TYPED


@pytest.mark.parametrize("character", ["\x07", "\x00", "\t", "\n", "\x9b"])
def test_control_characters_are_refused(character: str) -> None:
    message = str(refused(name=f"a{character}b")["name"])
    assert "invisible character" in message
    assert f"U+{ord(character):04X}" in message


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u200b", "zero width space"),
        ("\u200d", "zero width joiner"),
        ("\u200e", "left-to-right mark"),
        ("\u202e", "right-to-left override"),
        ("\u2066", "left-to-right isolate"),
        ("\u00ad", "soft hyphen"),
        ("\ufeff", "zero width no-break space"),
        ("\ufe0f", "variation selector-16"),
        ("\u034f", "combining grapheme joiner"),
        ("\u2028", "line separator"),
        ("\ue000", "U+E000"),
    ],
)
def test_characters_that_nobody_sees_are_refused_by_name(character: str, name: str) -> None:
    message = str(refused(name=f"Mar{character}ie")["name"])
    assert f"invisible character ({name})" in message
    assert character not in message


def test_a_character_that_is_newer_than_python_is_not_called_invisible() -> None:
    assert "“\u0378” (U+0378) cannot be printed" in str(refused(name="Marie \u0378")["name"])


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("^", "circumflex accent"),
        ("~", "tilde"),
        ("😀", "grinning face"),
        ("❤", "heavy black heart"),
        ("Я", "cyrillic capital letter ya"),
        ("Ω", "greek capital letter omega"),
        ("山", "cjk unified ideograph-5c71"),
        ("ー", "katakana-hiragana prolonged sound mark"),
        ("한", "hangul syllable han"),
        ("م", "arabic letter meem"),
        ("א", "hebrew letter alef"),
        ("अ", "devanagari letter a"),
        ("ᐃ", "canadian syllabics i"),
        ("٣", "arabic-indic digit three"),
        ("𝐀", "mathematical bold capital a"),
        ("\ufffd", "replacement character"),
        ("→", "rightwards arrow"),
    ],
)
def test_what_a_label_cannot_print_is_refused_with_the_character_and_its_name(character: str, name: str) -> None:
    message = str(refused(name=f"Marie {character} Côté")["name"])
    assert f"the character “{character}” ({name}) cannot be printed" in message


@pytest.mark.parametrize("character", ["\u200b", "😀"])
@pytest.mark.parametrize("field", ["address_line_1", "address_line_2", "city", "email", "phone"])
def test_every_line_of_a_label_is_looked_at(field: str, character: str) -> None:
    value = TYPED[field]
    assert field in refused(**{field: f"{value[:3]}{character}{value[3:]}"})


def test_the_character_is_named_in_french_too() -> None:
    with translation.override("fr"):
        message = str(refused(name="Marie 😀")["name"])
    assert (
        "Nom\u00a0: le caractère «\u00a0😀\u00a0» (nom Unicode\u00a0: grinning face) ne peut pas être imprimé"
        in message
    )


def test_one_character_is_named_once() -> None:
    message = str(refused(name="Яна 😀")["name"])
    assert message.count("cannot be printed") == 1


@pytest.mark.parametrize(
    "text",
    [
        "Zoë Brontë-O’Neil",
        "D'Arcy L‘Écuyer “Bob” „B‟ «Z»",
        "Æsa Œuvrard ß Þór Ðoan",
        "Łukasz Żółć Čapek Őrsi Ğül İnci ıșik",
        "Nguyễn Thị Hồng Đức",
        "Hawaiʻi Qʼeqchiʼ Kŵikŵi",
        "N° 5, 2ª, 3º – 120½ … §4 № 7",
        "A & B (c/o) #4 @ 5% + 2; 1:2, «x» ÷ ¡¿",
        "Ʉxʷ Ŋiŋ Ɛfua Ə",
    ],
)
def test_latin_letters_with_any_accents_and_typographic_signs_are_taken(text: str) -> None:
    form = fill(name=text)
    assert form.is_valid(), form.errors
    assert form.recipient().name == text


@pytest.mark.parametrize("text", ["Zoë Œuvrard", "Łukasz Żółć", "Hawaiʻi", "D’Arcy “B” – № 7 …", "Ʉ Ŋiŋ Ɛ Ə"])
def test_what_is_taken_has_its_letters_in_the_fonts_of_labels(text: str) -> None:
    typeset.register_fonts()
    fonts = (typeset.REGULAR, typeset.FALLBACK)
    assert all(is_printable(c) and any(typeset._has(font, c) for font in fonts) for c in text)


def test_accents_typed_apart_are_joined_and_count_once() -> None:
    form = fill(name=unicodedata.normalize("NFD", "é" * lengths.RECIPIENT_NAME))
    assert form.is_valid(), form.errors
    assert form.recipient().name == "é" * lengths.RECIPIENT_NAME


def test_an_accent_that_joins_with_nothing_is_taken() -> None:
    assert fill(name="x\u0331wa").is_valid()


def test_the_colon_of_a_mohawk_name_becomes_the_one_that_labels_have() -> None:
    form = fill(city="Kahnawà\ua789ke")
    assert form.is_valid(), form.errors
    assert form.recipient().address.city == "Kahnawà:ke"


def test_any_space_becomes_a_plain_one() -> None:
    form = fill(name="Marie\u00a0Ève\u202fCôté\u3000")
    assert form.is_valid(), form.errors
    assert form.recipient().name == "Marie Ève Côté"


def test_wide_digits_and_letters_of_an_east_asian_keyboard_become_plain_ones() -> None:
    form = fill(name="Ｌｉ　Ｗｅｉ", address_line_1="１２－３４　Ｍａｉｎ　Ｓｔ．", email="li＠ｅｘａｍｐｌｅ.com")
    assert form.is_valid(), form.errors
    recipient = form.recipient()
    assert (recipient.name, recipient.address.line_1, recipient.email) == ("Li Wei", "12-34 Main St.", "li@example.com")


CAPS = {
    "name": 4 * lengths.RECIPIENT_NAME,
    "address_line_1": 4 * lengths.RECIPIENT_ADDRESS_LINE,
    "address_line_2": 4 * lengths.RECIPIENT_ADDRESS_LINE,
    "city": 4 * lengths.RECIPIENT_CITY,
    "province": 8,
    "postal_code": 40,
    "email": 4 * lengths.RECIPIENT_EMAIL,
    "phone": 4 * lengths.RECIPIENT_PHONE,
}


@pytest.mark.parametrize(("field", "cap"), CAPS.items())
def test_a_text_far_too_long_is_measured_before_anything_is_done_with_it(
    field: str, cap: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def normalize(form: Literal["NFC", "NFKC"], text: str) -> str:
        assert len(text) <= max(CAPS.values())
        return unicodedata.normalize(form, text)

    watched = SimpleNamespace(normalize=normalize, category=unicodedata.category, name=unicodedata.name)
    monkeypatch.setattr("deliver_to_po.checkout.recipients.fields.unicodedata", watched)
    monkeypatch.setattr(ids, "unicodedata", watched)
    errors = refused(**{field: "\u0301\u0327" * 80_000})
    assert list(errors) == [field]
    assert [error.code for error in errors.as_data()[field]] == ["max_length"]
    assert [error.code for error in refused(**{field: "x" * (cap + 1)}).as_data()[field]] == ["max_length"]


@pytest.mark.parametrize("field", CAPS)
def test_a_text_far_too_long_is_shown_again_only_in_part_and_still_too_long(field: str) -> None:
    form = fill(**{field: "q" * 160_000})
    assert not form.is_valid()
    assert len(str(form)) < 10_000
    again = fill(**{field: str(form[field].value())})
    assert not again.is_valid()


@pytest.mark.parametrize("field", ["name", "address_line_1", "address_line_2", "city", "email", "phone"])
def test_a_text_far_too_long_is_said_to_be_so(field: str) -> None:
    message = str(refused(**{field: "9" * 160_000})[field])
    assert re.search(r"160,?000 characters, but only|at most \d+ characters, and this one has 160,?000", message)


def test_a_text_a_little_too_long_is_shown_again_whole() -> None:
    form = fill(name="q" * 4 * lengths.RECIPIENT_NAME)
    assert not form.is_valid()
    assert form["name"].value() == "q" * 4 * lengths.RECIPIENT_NAME


@pytest.mark.parametrize("field", ["province", "postal_code"])
def test_a_code_far_too_long_gets_the_message_of_any_other_wrong_code(field: str) -> None:
    def messages(value: str) -> Any:
        return refused(**{field: value})[field]

    assert messages("9" * 160_000) == messages("99")
