"""Errors become advice, without what must not be shown."""

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.errors import Message
from deliver_to_po.conf import app_settings
from deliver_to_po.doctor.advice import WORDS, wrong
from deliver_to_po.doctor.finding import Verdict


def every_error() -> list[type[errors.CanadaPostError]]:
    return [kind for kind in errors.CanadaPostError.__subclasses__() if kind is not errors.InvalidRequest]


@pytest.mark.parametrize("kind", every_error())
def test_every_error_says_what_to_do(kind: type[errors.CanadaPostError]) -> None:
    finding = wrong("Prices", kind("rates"), app_settings.canada_post)
    assert finding.verdict == Verdict.WRONG
    assert finding.says
    assert finding.todo


def test_canada_posts_words_are_shown_without_credentials_and_account() -> None:
    settings = app_settings.canada_post
    told = f"Customer {settings.customer_number} with {settings.client_secret} is not entitled"
    error = errors.NotEntitled("groups", status=403, messages=[Message("9111", told)])
    says = wrong("Access to shipping", error, settings).says
    assert "9111: Customer ••• with ••• is not entitled" in says
    assert "HTTP 403" in says


def test_what_only_a_create_can_raise_needs_no_words() -> None:
    missing = {kind for kind in every_error() if kind not in WORDS}
    assert missing == {errors.NotSupported, errors.AlreadyExists, errors.UnknownOutcome}
