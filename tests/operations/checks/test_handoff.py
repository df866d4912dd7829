"""Shipping systems, tasks and ladders: what cannot be used is named."""

from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.apps import apps
from django.conf import settings as now
from django.test import override_settings
from django.utils import timezone

from deliver_to_po.contrib.celery import CeleryBackend
from deliver_to_po.core.defaults import DEFAULTS
from deliver_to_po.models import Heartbeat
from deliver_to_po.models.due import SWEEP
from deliver_to_po.operations.checks import handoff
from deliver_to_po.shipping import Made, ShipmentRequest, ShippingSystem
from tests.operations.checks.told import Row, assert_told, d2po, ids, words

BY_CANADA_POST = DEFAULTS["SHIPPING_SYSTEMS"]["default"]


def wrong(expected: str, *said: str, **changes: Any) -> Row:
    return Row(handoff.check_handoff, changes, expected, said)


WRONG = [
    wrong("E040", "9 seconds", "3 × ", "TOTAL_TIMEOUT_SECONDS", HANDOFF={"LEASE_SECONDS": 9.0}),
    wrong("E041", "“on_placed”", "Did you mean “on_placing”?", RELEASE="on_placed"),
    wrong("E047", "REFUND_EMAIL", "refunds@example.com", REFUND_EMAIL="zoë at shop"),
    wrong(
        *("E047", "REFUND_EMAIL", "at most 5 letters"),
        REFUND_EMAIL="retours@boutique.quebec",
        CANADA_POST={"API": "webservices", "WITHOUT_CONTRACT": True},
    ),
    wrong("W048", "REFUND_EMAIL", "without a contract", CANADA_POST={"WITHOUT_CONTRACT": True}),
]


class SystemWithoutD2po(ShippingSystem):
    """A shipping system whose author has seen no label of it."""

    def create(self, request: ShipmentRequest) -> Made:
        return Made(shipment_id="1")


class Keyless(SystemWithoutD2po):
    """A shipping system that reads an option which the shop has not written."""

    option_names = {"KEY": "the shop's key"}

    def __init__(self, alias: str, options: Any):
        super().__init__(alias, options)
        self.key = options["KEY"]


class Unfinished(ShippingSystem):
    """A shipping system whose author has written no method yet."""


@pytest.mark.parametrize(
    ("systems", "expected", "said"),
    [
        ({}, ["E042"], "“default”"),
        ({"default": {}}, ["E043"], 'DELIVER_TO_PO["SHIPPING_SYSTEMS"]["default"] has no BACKEND'),
        ({"default": {"BACKEND": Unfinished}}, ["E043"], "no dotted path"),
        ({"default": {"BACKEND": "no.Where"}}, ["E043"], "“no.Where” cannot be imported"),
        ({"default": {"BACKEND": "datetime.date"}}, ["E043"], "not a subclass of ShippingSystem"),
        (
            {"default": {**DEFAULTS["SHIPPING_SYSTEMS"]["default"], "OPTIONS": {"PAPER": "A4"}}},
            ["E044"],
            "the shipping system “default” has no such option. There is none: leave it out.",
        ),
        *(
            (
                {**DEFAULTS["SHIPPING_SYSTEMS"], name: BY_CANADA_POST},
                ["E073"],
                f'["{name}"]: the name of a shipping',
            )
            for name in ("a/b", "x" * 41, "", 3)
        ),
        ({"default": {**BY_CANADA_POST, "OPTION": {}}}, ["E075"], '["default"]["OPTION"]: nobody reads this'),
        ({"default": {**BY_CANADA_POST, "OPTIONS": [{}]}}, ["E078"], '["OPTIONS"] must be a dict; it is of type list'),
        ({"default": {**BY_CANADA_POST, "OPTIONS": None}}, ["E078"], '["OPTIONS"] must be a dict'),
        ({"default": {"BACKEND": ""}}, ["E043"], 'DELIVER_TO_PO["SHIPPING_SYSTEMS"]["default"] has no BACKEND'),
        (
            {**DEFAULTS["SHIPPING_SYSTEMS"], "other": {"BACKEND": f"{__name__}.SystemWithoutD2po"}},
            ["E045"],
            f'DELIVER_TO_PO["SHIPPING_SYSTEMS"]["other"]: nobody has seen that “{__name__}.SystemWithoutD2po”',
        ),
        ({"default": {"BACKEND": f"{__name__}.Keyless"}}, ["E076"], "cannot be made with its OPTIONS: KeyError: 'KEY'"),
        ({"default": {"BACKEND": f"{__name__}.Unfinished"}}, ["E076"], "TypeError: Can't instantiate abstract class"),
    ],
)
def test_a_shipping_system_that_cannot_be_used_is_named(systems: Any, expected: list[str], said: str) -> None:
    with override_settings(DELIVER_TO_PO={**now.DELIVER_TO_PO, "SHIPPING_SYSTEMS": systems}):
        messages = handoff.check_shipping_systems()
    assert ids(messages) == expected
    assert said in words(messages[0])


def test_the_defaults_pass_every_check_of_the_hand_off() -> None:
    with override_settings(DELIVER_TO_PO={}):
        assert handoff.check_handoff() + handoff.check_shipping_systems() == []


def test_a_shipping_system_without_deliver_to_post_office_is_told_how_to_get_it() -> None:
    with d2po(SHIPPING_SYSTEMS={"default": {"BACKEND": f"{__name__}.SystemWithoutD2po"}}):
        assert_told(handoff.check_shipping_systems(), "E045", "Nothing is sent.", "supports_d2po to True")


def test_a_backend_without_workers_is_warned_of_with_the_command_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_told(handoff.check_task_backend(), "W059", "d2po_handoff --loop")
    monkeypatch.setattr(handoff, "works_in_background", lambda: True)
    assert handoff.check_task_backend() == []


@pytest.mark.parametrize("tasks", [{}, {"default": {"BACKEND": "no.such.Backend"}}], ids=str)
def test_tasks_that_lead_nowhere_are_named(tasks: dict[str, Any], settings: Any) -> None:
    settings.TASKS = tasks
    assert_told(handoff.check_task_backend(), "W059", "TASKS cannot be used", 'TASKS["default"]')


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "expected"), [(1, []), (25, ["W059"])])
def test_a_sweep_that_comes_is_a_worker(hours: int, expected: list[str]) -> None:
    Heartbeat.objects.create(name="somebody else", beat_at=timezone.now())
    assert ids(handoff.check_task_backend()) == ["W059"]
    Heartbeat.objects.create(name=SWEEP, beat_at=timezone.now() - timedelta(hours=hours))
    assert ids(handoff.check_task_backend()) == expected


def test_tasks_in_the_database_need_their_apps(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    monkeypatch.setattr(apps, "is_installed", lambda name: False)
    monkeypatch.setattr(handoff, "DJANGO_HAS_TASKS", False)
    assert_told(handoff.check_task_apps(), "W061", "in this order: “django_tasks”, “django_tasks_db”.")
    monkeypatch.setattr(handoff, "DJANGO_HAS_TASKS", True)
    assert_told(handoff.check_task_apps(), "W061", "needs: “django_tasks_db”.")
    monkeypatch.setattr(apps, "is_installed", lambda name: name == "django_tasks_db")
    assert handoff.check_task_apps() == []
    monkeypatch.setattr(handoff, "DJANGO_HAS_TASKS", False)
    assert ids(handoff.check_task_apps()) == ["W061"]
    monkeypatch.setattr(apps, "is_installed", lambda name: True)
    assert handoff.check_task_apps() == []


# Where tasks go to Celery

no_app: object = object()
without_broker = Celery("without", set_as_current=False, fixups=[])
with_broker = Celery("with", broker="memory://", set_as_current=False, fixups=[])


def said_of_celery(settings: Any, options: object) -> list[tuple[str, str]]:
    """Return id and message of all that is said where the backend has these options."""
    settings.TASKS = {"default": {"BACKEND": handoff.CELERY_BACKEND, "OPTIONS": options}}
    return [(str(message.id).removeprefix("deliver_to_po."), str(message.msg)) for message in handoff.check_celery()]


def test_the_backend_that_is_checked_is_the_one_that_there_is() -> None:
    assert f"{CeleryBackend.__module__}.{CeleryBackend.__qualname__}" == handoff.CELERY_BACKEND


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "is missing"),
        (None, "is missing"),
        ({"APP": 7}, "no dotted path"),
        ({"APP": "mysite_that_is_not.celery.app"}, "cannot be imported"),
        ({"APP": f"{__name__}.no_app"}, "is no Celery app"),
    ],
)
def test_a_backend_that_leads_to_no_app_is_an_error(settings: Any, options: object, expected: str) -> None:
    [(identity, message)] = said_of_celery(settings, options)
    assert identity == "E081"
    assert expected in message


def test_an_app_without_a_broker_is_warned_of(settings: Any) -> None:
    [(identity, message)] = said_of_celery(settings, {"APP": f"{__name__}.without_broker"})
    assert identity == "W082"
    assert "names no broker" in message


def test_an_app_with_a_broker_is_right(settings: Any) -> None:
    assert said_of_celery(settings, {"APP": f"{__name__}.with_broker"}) == []


def test_other_backends_are_not_asked(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}, "odd": None}
    assert handoff.check_celery() == []
