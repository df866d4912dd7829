"""Django's own error report, as it is mailed to ADMINS: it shows variables, and nothing of a recipient."""

import secrets
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.db.models.sql.compiler import SQLUpdateCompiler
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.debug import ExceptionReporter

from deliver_to_po import canadapost, shipping, shop
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.checkout.recipients.recipient import save_recipient
from deliver_to_po.checkout.secret import new_secret
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import recipient_fields
from deliver_to_po.privacy.answering import Asked, erase_about, export_about, look_for
from tests.factories import RECIPIENT, make_delivery, make_draft

pytestmark = pytest.mark.django_db
# Put together, since a report shows the lines of this test too.
SURNAME = "Serin"
NAME = f"Canary {SURNAME}"
SECRET = f"{SURNAME}-secret"
CANARY = replace(RECIPIENT, name=NAME, address=replace(RECIPIENT.address, line_1=NAME))


# What holds something of a person, a secret, or whatever Canada Post wrote.
HIDDEN = ("line_1", "email", "phone", "said", "body", "headers", "content", "username", "client_secret", "password")


def test_no_value_shows_its_person_secret_or_file() -> None:
    """An error tracker shows every variable."""
    found = [
        module.name for room in (canadapost, shipping) for module in walk_packages(room.__path__, f"{room.__name__}.")
    ]
    classes = {
        value
        for module in map(import_module, ("deliver_to_po.adapter", "deliver_to_po.privacy.answering", *found))
        for value in vars(module).values()
        if isinstance(value, type) and is_dataclass(value)
    }
    shown = {
        f"{cls.__name__}.{field.name}"
        for cls in classes
        for field in fields(cls)
        if field.name in HIDDEN and field.repr and cls.__repr__ is not object.__repr__
    }
    # The shop's own.
    assert shown == {"Sender.phone"}


def fail(*_arguments: object, **_values: object) -> None:
    raise RuntimeError


def report(settings: object) -> str:
    """Return what is mailed of the failure that is being handled."""
    settings.DEBUG = False  # type: ignore[attr-defined]
    return ExceptionReporter(RequestFactory().get("/"), *sys.exc_info()).get_traceback_html()


def reported(settings: object, failing: Callable[[], object]) -> str:
    try:
        failing()
    except RuntimeError:
        return report(settings)
    pytest.fail("It did not fail.")


@pytest.mark.parametrize(("make", "call"), [(make_delivery, shop.correct_recipient), (make_draft, save_recipient)])
def test_a_database_that_fails_while_a_recipient_is_saved_or_corrected_reports_none(
    make: Any, call: Any, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make()
    monkeypatch.setattr(SQLUpdateCompiler, "execute_sql", fail)
    said = reported(settings, lambda: call(row, CANARY))
    assert call.__name__ in said
    assert NAME not in said


ASKED = {"email": f"{SURNAME}@example.com", "name": NAME}


@pytest.mark.parametrize("call", [shop.erase, shop.export, look_for, export_about, erase_about])
def test_a_failure_while_somebody_is_looked_for_does_not_report_whom(
    call: Any, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_delivery().order
    monkeypatch.setattr(Delivery.objects, "filter", fail)
    of_one_order = call in (shop.erase, shop.export)
    said = reported(settings, lambda: call(order, **ASKED) if of_one_order else call(Asked(**ASKED)))
    assert call.__name__ in said
    assert SURNAME not in said


def test_a_failure_while_a_choice_is_reserved_reports_no_secret(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft()
    monkeypatch.setattr(Delivery, "refresh_from_db", fail)
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _bytes: SECRET)
    said = reported(settings, lambda: shop.reserve(draft.pk, seen=fingerprint(draft), secret=new_secret(draft)))
    assert "move_delivery" in said
    assert SECRET not in said


def test_a_failure_of_the_api_reports_neither_recipient_nor_secret(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, said = make_draft(), []

    def tell(**_told: object) -> None:
        said.append(report(settings))

    monkeypatch.setattr(secrets, "token_urlsafe", lambda _bytes: SECRET)
    path = reverse("deliver_to_po_api:say_recipient", args=[draft.pk])
    sent = recipient_fields(CANARY).items()
    body = {name.removeprefix("recipient_"): value for name, value in sent}
    headers = {"D2PO-Secret": new_secret(draft)}
    monkeypatch.setattr(Delivery, "refresh_from_db", fail)
    got_request_exception.connect(tell)
    try:
        Client(raise_request_exception=False).put(path, body, "application/json", headers=headers)
    finally:
        got_request_exception.disconnect(tell)
    [told] = said
    assert "save_recipient" in told
    assert NAME not in told
    assert SECRET not in told
