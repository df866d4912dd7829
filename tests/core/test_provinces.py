"""Provinces as people write them."""

import pytest

from deliver_to_po.core.provinces import PROVINCE_NAMES, PROVINCE_SPELLINGS, province_code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ON", "ON"),
        ("qc ", "QC"),
        ("Ontario", "ON"),
        ("Québec", "QC"),
        ("Nouvelle-Écosse", "NS"),
        ("P.E.I.", "PE"),
        ("CA-ON", "ON"),
        ("PQ", "QC"),
        ("Qué.", "QC"),
        ("Ont.", "ON"),
        ("N.W.T.", "NT"),
        ("Nfld", "NL"),
        ("Newfoundland & Labrador", "NL"),
    ],
)
def test_letters_and_names_in_both_languages_are_understood(written: str, code: str) -> None:
    assert province_code(written) == code


@pytest.mark.parametrize("written", ["", "NY", "NE", "TN", "Bavaria", "Québec" * 20])
def test_what_is_no_province_is_none(written: str) -> None:
    assert province_code(written) == ""


def test_every_spelling_leads_to_a_province() -> None:
    assert set(PROVINCE_SPELLINGS) == set(PROVINCE_NAMES)
