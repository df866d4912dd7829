"""Errors become findings, without what must not be shown."""

import inspect

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling import transport
from deliver_to_po.canadapost.errors import Message
from deliver_to_po.core.conf import app_settings
from deliver_to_po.examination.doctor.advice import REASONS, WORDS, wrong
from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.examination.doctor.remedies import REMEDIES, Asked


def every_error() -> list[type[errors.CanadaPostError]]:
    return [kind for kind in errors.CanadaPostError.__subclasses__() if kind is not errors.InvalidRequest]


def asked() -> Asked:
    return Asked(app_settings.canada_post)


@pytest.mark.parametrize("kind", every_error())
def test_every_error_says_what_to_do(kind: type[errors.CanadaPostError]) -> None:
    finding = wrong("Prices", kind("rates"), asked())
    assert (finding.subject, finding.verdict) == ("Prices", Verdict.WRONG)
    assert finding.says
    assert finding.todo


def test_canada_posts_words_are_shown_without_credentials_and_account() -> None:
    settings = app_settings.canada_post
    told = f"Customer {settings.customer_number} with {settings.client_secret} is not entitled"
    error = errors.NotEntitled("groups", status=403, messages=[Message("9111", told)])
    says = wrong("Access to shipping", error, asked()).says
    assert "9111: Customer ••• with ••• is not entitled" in says
    assert "HTTP 403" in says


def test_without_words_of_canada_posts_our_own_reason_is_shown() -> None:
    assert "(no connection)" in wrong("Connection", errors.Unavailable("rates", why="no connection"), asked()).says


def test_without_status_and_reason_there_are_only_our_words() -> None:
    assert wrong("Prices", errors.Unavailable("rates"), asked()).says == str(WORDS[errors.Unavailable])


def test_the_transport_still_words_its_reasons_so() -> None:
    source = inspect.getsource(transport)
    assert [reason for reason in REASONS if f'"{reason}"' not in source] == []


def test_a_call_that_we_hold_back_is_told_from_one_that_canada_post_turns_away() -> None:
    assert "This shop is limiting its own calls" in wrong("Prices", errors.Throttled("rates"), asked()).says
    assert "Canada Post is limiting" in wrong("Prices", errors.Throttled("rates", status=429), asked()).says


def test_what_only_a_create_can_raise_needs_no_words() -> None:
    only_create = {errors.NotSupported, errors.AlreadyExists, errors.UnknownOutcome}
    assert set(every_error()) - set(WORDS) == set(every_error()) - set(REMEDIES) == only_create
