"""Reading what a buyer types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.offices.query import QueryNotUnderstood, parse


@pytest.mark.parametrize("typed", ["K1A 0B1", "k1a0b1", "k1a-0b1", "  K1A\t0B1  "])
def test_a_postal_code_in_any_spelling_is_a_question(typed: str) -> None:
    assert parse(typed) == NearPostalCode("K1A0B1")


@pytest.mark.parametrize("typed", ["", "Ottawa", "90210", "K1A 0B", "😀", "\x00", "x" * 100_000])
def test_what_is_no_postal_code_gets_a_message(typed: str) -> None:
    with pytest.raises(QueryNotUnderstood) as caught:
        parse(typed)
    assert "K1A 0B1" in str(caught.value.message)


@given(st.text())
def test_any_text_is_a_question_or_a_message(text: str) -> None:
    if normalize_postal_code(text):
        assert isinstance(parse(text), NearPostalCode)
    else:
        with pytest.raises(QueryNotUnderstood):
            parse(text)
