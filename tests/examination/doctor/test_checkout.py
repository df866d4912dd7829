"""The doctor looks around a shop as if LIVE was on, and runs the shop's own tests of its checkout."""

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import TestCase

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import SimpleTestCase
from django.utils.translation import activate, override

from deliver_to_po.examination.doctor.checkout import FIRST, examine_by, examine_checkout, surroundings
from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.operations.checks.handoff import DJANGO_HAS_TASKS
from deliver_to_po.testing.checkout_mistakes import MISTAKES, MistakeFound
from deliver_to_po.testing.checkouts import CheckoutTests
from tests.docs.copied import ROOT

CACHES = "django.core.cache.backends"
SERVED = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": "/srv/media/labels", "base_url": "/media/"},
}
CELERY = {"BACKEND": "deliver_to_po.contrib.celery.CeleryBackend"}
WITHOUT_BROKER = {"APP": "tests.operations.checks.test_handoff.without_broker"}


def routed(method: str) -> list[Any]:
    """Return routers that send the app's rows to another database."""
    ours = "deliver_to_po"
    return [SimpleNamespace(**{method: lambda model, **_: "other" if model._meta.app_label == ours else None})]


# What is named where a shop is as `startproject` made it, or has forgotten something: settings of Django's and of ours.
AROUND: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "E050": ({"STORAGES": {"default": SERVED, "staticfiles": SERVED}}, {}),
    "E051": ({"STORAGES": {"default": SERVED, "staticfiles": SERVED, "deliver_to_po": SERVED}}, {}),
    "W056": ({"MIDDLEWARE": []}, {}),
    "W059": ({}, {"PRIVACY_OFFICER": ""}),
    "W060": ({"ROOT_URLCONF": "django.conf.urls.i18n"}, {}),
    "E067": ({}, {"BASE_TEMPLATE": "deliver_to_po/bar.html"}),
    "W071": ({}, {"BASE_TEMPLATE": "deliver_to_po/bar.html"}),
    "E074": ({"DATABASE_ROUTERS": routed("db_for_write")}, {}),
    "E081": ({"TASKS": {"default": CELERY}}, {}),
    "W082": ({"TASKS": {"default": {**CELERY, "OPTIONS": WITHOUT_BROKER}}}, {}),
    "W090": ({"CACHES": {"default": {"BACKEND": f"{CACHES}.dummy.DummyCache"}}}, {}),
    "W091": ({}, {}),
    "W094": ({"CACHES": {"default": {"BACKEND": f"{CACHES}.db.DatabaseCache", "LOCATION": "prices"}}}, {}),
    "W096": ({"CACHES": {"default": {"BACKEND": f"{CACHES}.locmem.LocMemCache"}}}, {}),
    "E098": ({"DATABASE_ROUTERS": routed("db_for_read")}, {}),
}
if DJANGO_HAS_TASKS:
    # Before Django 6.0 django-tasks looks at it first, and fails.
    AROUND["W061"] = ({"TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}}, {})


@pytest.mark.django_db
@pytest.mark.parametrize("number", AROUND)
def test_what_is_wrong_around_a_shop_is_named_with_live_off(
    number: str, settings: Any, change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_django, ours = AROUND[number]
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    monkeypatch.setattr(connection, "vendor", "sqlite")
    for name, value in of_django.items():
        setattr(settings, name, value)
    change_settings(**ours)
    named = {str(message.id) for message in surroundings()}
    assert f"deliver_to_po.{number}" in named
    # What the account lacks is no part of it, nor whom buyers may ask.
    assert not named & {"deliver_to_po.E034", "deliver_to_po.W057", "deliver_to_po.E064"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "verdict", "says"),
    [
        ("", Verdict.NOT_ASKED, "no tests of your checkout yet"),
        ("shop.nowhere.CheckoutTest", Verdict.WRONG, "cannot be imported"),
        ("example_shop.models.Order", Verdict.WRONG, "is not a subclass of CheckoutTests"),
    ],
)
def test_a_class_that_is_not_there_is_asked_for(path: str, verdict: Verdict, says: str, change_settings: Any) -> None:
    change_settings(CHECKOUT_TESTS=path)
    finding = list(examine_checkout())[-1]
    assert (finding.verdict, says in finding.says) == (verdict, True), finding
    assert "docs/how-to/test-your-checkout.md#whatever-becomes-of-a-payment" in finding.todo


def test_while_an_order_goes_nowhere_nothing_else_is_asked(db: None) -> None:
    from django.test import TestCase

    class Nothing(CheckoutTests, TestCase):
        def fill_cart(self, client: Any, *, more: bool = False) -> None:
            raise LookupError("the shelves are empty")

        def answer(self, *args: Any, **kwargs: Any) -> HttpResponse:
            raise AssertionError

    broken, others = examine_by(Nothing)
    assert "LookupError: the shelves are empty" in broken.says
    assert (broken.verdict, others.verdict) == (Verdict.WRONG, Verdict.NOT_ASKED)


def test_a_part_that_fails_is_a_problem_and_what_is_skipped_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    class Partly(CheckoutTests, TestCase):
        # It needs neither a database nor the emulator.
        @classmethod
        def setUpClass(cls) -> None:
            """Start nothing."""

        def setUp(self) -> None:
            """Prepare nothing."""

        def test_an_order_that_is_paid_goes_where_the_buyer_chose(self) -> None:
            pass

        def in_parts(self) -> None:
            with self.subTest("part"):
                raise MistakeFound("answer_twice")

        def skipped(self) -> None:
            self.skipTest("not here")

    names = [FIRST, "in_parts", "skipped"]
    monkeypatch.setattr("unittest.TestLoader.getTestCaseNames", lambda _loader, _tests: names)
    wrong, skipped = examine_by(Partly)
    assert (wrong.verdict, wrong.code) == (Verdict.WRONG, "answer_twice")
    assert (skipped.verdict, skipped.code) == (Verdict.NOT_ASKED, "skipped")
    names.remove("in_parts")
    assert [finding.says for finding in examine_by(Partly)][1:] == ["1 test of your checkout passes"]


def test_what_is_found_is_told_in_the_language_that_was_asked_for_whatever_the_shop_speaks() -> None:
    class English(CheckoutTests, SimpleTestCase):
        @classmethod
        def setUpClass(cls) -> None:
            """Start nothing."""

        def setUp(self) -> None:
            activate("en")

        def test_an_order_that_is_paid_goes_where_the_buyer_chose(self) -> None:
            raise MistakeFound("answer_twice")

    with override("fr"):
        wrong, others = examine_by(English)
        assert (wrong.subject, others.subject) == ("Passage à la caisse", "Passage à la caisse")
        assert str(MISTAKES["answer_twice"].says) in wrong.says


def test_a_class_that_cannot_begin_is_named() -> None:
    class Unprepared(CheckoutTests, SimpleTestCase):
        @classmethod
        def setUpClass(cls) -> None:
            raise LookupError("no emulator")

    wrong, _others = examine_by(Unprepared)
    assert wrong.says == "the test Unprepared cannot tell: LookupError: no emulator"


@pytest.mark.slow
def test_the_example_shop_is_examined_in_a_database_of_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "example_shop.manage", "d2po_doctor", "--shop"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "SHOP_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^ok +Checkout: \d\d tests of your checkout pass$", done.stdout, re.MULTILINE)
    # Neither the shop's cache nor its labels were touched.
    assert [*tmp_path.glob("cache/*"), *tmp_path.glob("private/*")] == []
