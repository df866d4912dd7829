"""Asking once: while one request is answered, the same question to the shop has one answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

from deliver_to_po.adapter import Rate
from deliver_to_po.core.conf import app_settings
from deliver_to_po.host.answered import ShopError, failed

T = TypeVar("T")


@dataclass
class Answers:
    """What the shop has answered by now, or its error; the things asked about are held, so that no id comes twice.

    ``seconds`` is what its answers have taken. After ``may_take`` of them no further price is asked for; None is no
    limit. Prices are the one question of which a long list has many.
    """

    may_take: float | None
    seconds: float = 0.0
    known: dict[tuple[object, ...], Any] = field(default_factory=dict)
    held: list[object] = field(default_factory=list)


_answers: ContextVar[Answers | None] = ContextVar("deliver_to_po_answers", default=None)


@contextmanager
def asked_once(*, bounded: bool | None = None) -> Iterator[None]:
    """Within this the shop is asked each question about a cart once; a shop that is slow is slow once.

    ``bounded`` asks for no further price once its answers have taken SEARCH_TIMEOUT_SECONDS: a list that shows them can
    do without. The outer one of two that nest counts, but False lifts its bound: what is chosen must have a price.
    """
    answers = _answers.get()
    if answers is not None:
        may_take = answers.may_take
        answers.may_take = None if bounded is False else may_take
        try:
            yield
        finally:
            answers.may_take = may_take
        return
    token = _answers.set(Answers(app_settings.search_timeout_seconds if bounded else None))
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
    if key not in answers.known:
        if question == "price" and answers.may_take is not None and answers.seconds >= answers.may_take:
            raise failed(question, "is not asked for, since the shop has taken too long to answer")
        answers.held.append(about)
        answers.known[key] = _timed(answers, ask)
    known = answers.known[key]
    if isinstance(known, ShopError):
        raise known
    answer: T = known
    return answer


def _timed(answers: Answers, ask: Callable[[], T]) -> T | ShopError:
    began = monotonic()
    try:
        return ask()
    except ShopError as error:
        return error
    finally:
        answers.seconds += monotonic() - began


def _identity(thing: object) -> object:
    """Return what tells a thing from others: equal texts and rates are one question, each cart is one of its own."""
    return thing if thing is None or isinstance(thing, str | Rate) else id(thing)
