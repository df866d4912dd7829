"""Each reason says why and what a clerk can do, in both languages."""

import pytest
from django.utils import translation

from deliver_to_po.core.choices import CLOSED_OFFICE, OfficeCheck, Reason


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_reason_says_why_and_what_can_be_done(language: str) -> None:
    with translation.override(language):
        for reason in set(Reason) - {Reason.NONE}:
            assert reason.why("Canada Post").endswith("."), reason
            assert "%(" not in reason.why("Canada Post"), reason
            assert reason.advice.endswith("."), reason


def test_why_names_the_shipping_system_or_says_that_it_is_one() -> None:
    assert Reason.UNAVAILABLE.why("Canada Post") == "Canada Post could not be reached."
    assert Reason.UNAVAILABLE.why() == "The shipping system could not be reached."
    with translation.override("fr"):
        assert Reason.UNAVAILABLE.why() != Reason.UNAVAILABLE.why("Canada Post")


def test_no_reason_says_nothing() -> None:
    assert (Reason.NONE.why("Canada Post"), Reason.NONE.advice) == ("", "")


def test_only_a_pause_and_what_the_shop_can_mend_end_by_themselves() -> None:
    mendable = {Reason.NO_PARCELS, Reason.SHOP_ERROR, Reason.NOT_PAID}
    assert {reason for reason in Reason if reason.entry.mendable} == mendable
    assert {reason for reason in Reason if reason.ends_by_itself} == {Reason.PAUSED, *mendable}


def test_a_post_office_is_closed_when_it_takes_no_parcels_or_is_gone() -> None:
    assert set(CLOSED_OFFICE) == {OfficeCheck.NO_LONGER, OfficeCheck.GONE}
    assert all("post office no longer" in str(reason.label) for reason in CLOSED_OFFICE.values())
