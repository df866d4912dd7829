"""Django's own error report, as it is mailed to ADMINS: it shows variables, and nothing of a recipient."""

import secrets
import sys
from dataclasses import replace

import pytest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from deliver_to_po import shop
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.checkout.recipient import save_recipient
from deliver_to_po.checkout.secret import new_secret
from deliver_to_po.models import Delivery, History
from tests.factories import RECIPIENT, make_delivery, make_draft

pytestmark = pytest.mark.django_db
# Put together, since a report shows the lines of this test too.
SURNAME = "Serin"
NAME = f"Canary {SURNAME}"
SECRET = f"{SURNAME}-secret"
CANARY = replace(RECIPIENT, name=NAME, address=replace(RECIPIENT.address, line_1=NAME))


def report(settings: object) -> str:
    settings.DEBUG = False  # type: ignore[attr-defined]
    return ExceptionReporter(RequestFactory().get("/"), *sys.exc_info()).get_traceback_html()


def test_a_failure_in_the_middle_of_a_correction_reports_no_recipient(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = make_delivery()

    def fail(**values: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(History.objects, "create", fail)
    try:
        shop.correct_recipient(delivery, CANARY)
    except RuntimeError:
        said = report(settings)
    assert "correct_recipient" in said
    assert NAME not in said


def test_a_failure_while_a_choice_is_reserved_reports_no_secret(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft()

    def fail(*arguments: object, **values: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Delivery, "refresh_from_db", fail)
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _bytes: SECRET)
    try:
        shop.reserve(draft.pk, seen=fingerprint(draft), secret=new_secret(draft))
    except RuntimeError:
        said = report(settings)
    assert "move_delivery" in said
    assert SECRET not in said


def test_a_failure_while_a_choice_is_saved_reports_no_recipient(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft()

    def fail(*arguments: object, **values: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Delivery, "refresh_from_db", fail)
    try:
        save_recipient(draft, CANARY)
    except RuntimeError:
        said = report(settings)
    assert "save_recipient" in said
    assert NAME not in said
