"""The suite's settings with changes, and what the checks tell of them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings as now
from django.core import checks as django_checks
from django.core.checks import CheckMessage
from django.core.checks.registry import registry
from django.test import override_settings
from django.utils import translation

Check = Callable[..., list[CheckMessage]]


class Row(NamedTuple):
    """One rule of a check: what the settings hold instead, the message's id, and what it says."""

    check: Check
    changes: dict[str, Any]
    expected: str
    said: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.expected}-{self.changes}"

    def assert_named(self) -> None:
        """Fail unless the check names it and its fix, in English for everybody as Django's own checks do."""
        with d2po(**self.changes):
            messages = self.check()
            with translation.override("fr"):
                assert list(map(words, self.check())) == list(map(words, messages))
        assert_told(messages, self.expected, *self.said)


def d2po(**changes: Any) -> Any:
    """Return the suite's settings with ``changes``; a dict changes the keys of a dict."""
    written: dict[str, Any] = {**now.DELIVER_TO_PO}
    for key, value in changes.items():
        nested = isinstance(value, dict) and isinstance(written.get(key), dict)
        written[key] = {**written[key], **value} if nested else value
    return override_settings(DELIVER_TO_PO=written)


def ids(messages: list[CheckMessage]) -> list[str]:
    return [str(message.id).removeprefix("deliver_to_po.") for message in messages]


def words(message: CheckMessage) -> str:
    return f"{message.msg} {message.hint}"


def assert_told(messages: list[CheckMessage], expected: str, *said: str) -> None:
    """Fail unless this is told with these words, and nothing else."""
    assert ids(messages) == [expected]
    assert [part for part in said if part not in words(messages[0])] == []


def all_of_ours() -> list[CheckMessage]:
    return [message for message in django_checks.run_checks() if str(message.id).startswith("deliver_to_po.")]


def each_of_ours() -> list[CheckMessage]:
    """Run our own checks alone, which takes a tenth of the time."""
    ours = [check for check in registry.get_checks() if check.__module__.startswith("deliver_to_po.")]
    return [message for check in ours for message in check(app_configs=None, databases=None)]
