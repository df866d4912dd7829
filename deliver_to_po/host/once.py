"""Asking once: while one request is answered, the same question to the shop has one answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias, TypeVar

from deliver_to_po.adapter import Rate
from deliver_to_po.host.answered import ShopError

T = TypeVar("T")


# What the shop has answered by now, or its error. What it was asked about is held beside it, so that no id comes twice.
Answers: TypeAlias = dict[tuple[object, ...], tuple[object, Any]]
_answers: ContextVar[Answers | None] = ContextVar("deliver_to_po_answers", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Within this the shop is asked each question about a cart once. The outer one of two that nest counts."""
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def once(question: str, about: tuple[object, ...], ask: Callable[[], T]) -> T:
    """Return the shop's answer to a question about something, or raise its error; asked now unless it was before.

    Outside of ``asked_once``, and about nothing, it is asked each time.
    """
    answers = _answers.get()
    if answers is None or not about:
        return ask()
    key = (question, *map(_identity, about))
    if key not in answers:
        try:
            answers[key] = about, ask()
        except ShopError as error:
            answers[key] = about, error
    _about, known = answers[key]
    if isinstance(known, ShopError):
        raise known
    answer: T = known
    return answer


def _identity(thing: object) -> object:
    """Return what tells a thing from others: equal texts and rates are one question, each cart is one of its own."""
    return thing if thing is None or isinstance(thing, str | Rate) else id(thing)
