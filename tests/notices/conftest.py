"""A clock, and a mail server that fails on demand."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.mail.backends.locmem import EmailBackend

from tests.notices.needing import START


@pytest.fixture(autouse=True)
def _follows(change_settings: Any) -> None:
    change_settings(TRACKING=True)


@pytest.fixture
def clock() -> Iterator[Any]:
    """Let a test move the time."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def mailer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a list of what the mail server does with the next messages: an error to raise, or None to take it."""
    answers: list[Exception | None] = []
    real = EmailBackend.send_messages

    def send(self: Any, messages: Any) -> int:
        if answers and (error := answers.pop(0)):
            raise error
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return answers
