"""What ``check`` says where tasks go to Celery."""

from typing import Any

import pytest
from celery import Celery

from deliver_to_po.contrib.celery import CeleryBackend
from deliver_to_po.operations.checks.engines import CELERY_BACKEND, check_celery

no_app: object = object()
without_broker = Celery("without", set_as_current=False, fixups=[])
with_broker = Celery("with", broker="memory://", set_as_current=False, fixups=[])


def said(settings: Any, options: object) -> list[tuple[str, str]]:
    """Return id and message of all that is said where the backend has these options."""
    settings.TASKS = {"default": {"BACKEND": CELERY_BACKEND, "OPTIONS": options}}
    return [(str(message.id).removeprefix("deliver_to_po."), str(message.msg)) for message in check_celery()]


def test_the_backend_that_is_checked_is_the_one_that_there_is() -> None:
    assert f"{CeleryBackend.__module__}.{CeleryBackend.__qualname__}" == CELERY_BACKEND


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
    [(identity, message)] = said(settings, options)
    assert identity == "E081"
    assert expected in message


def test_an_app_without_a_broker_is_warned_of(settings: Any) -> None:
    [(identity, message)] = said(settings, {"APP": f"{__name__}.without_broker"})
    assert identity == "W082"
    assert "names no broker" in message


def test_an_app_with_a_broker_is_right(settings: Any) -> None:
    assert said(settings, {"APP": f"{__name__}.with_broker"}) == []


def test_other_backends_are_not_asked(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}, "odd": None}
    assert check_celery() == []
