"""Calling the shop's code: whatever it raises is a ShopError, and our transaction stays usable."""

from collections.abc import Callable, Sequence
from itertools import islice
from types import UnionType
from typing import Any, TypeAlias, TypeVar

from django.utils.functional import LazyObject, Promise

from deliver_to_po.adapter import OrderAdapter, order_adapter
from deliver_to_po.core.arguments import kind_of
from deliver_to_po.host.answered import ShopError, failed, is_utf8
from deliver_to_po.host.once import once
from deliver_to_po.host.savepoints import for_a_question

# Answers of this length or more are mistakes: of parcels, options and services.
MOST_ANSWERS = 1000

T = TypeVar("T")
# One question to the adapter, such as ``lambda shop: shop.service(order)``.
Call: TypeAlias = Callable[[OrderAdapter[Any]], T]


def ask(question: str, call: Call[T], *about: object) -> T:
    """Return what the adapter answers, whatever its type really is; raises ShopError.

    ``about`` is what it is asked about, if the same question has the same answer for as long as one request takes.
    """
    return once(question, about, lambda: call_shop(question, lambda: call(order_adapter())))


def call_shop(question: str, call: Callable[[], T]) -> T:
    """Return what the shop's own code answers. Raises ShopError for whatever it raises.

    After a failed query of the shop's code our transaction is still usable.
    """
    with for_a_question() as savepoints:
        try:
            # What is lazy is made here: what fails then is the shop's, too.
            answer: T = not_lazy(call())
        except Exception as error:
            for savepoint in savepoints:
                savepoint.undo()
            if isinstance(error, ShopError):
                raise
            raise failed(question, type(error).__name__, error) from error
        for savepoint in savepoints:
            if savepoint.is_spoilt:
                savepoint.undo()
        return answer


def of_type(question: str, kind: type | UnionType, call: Call[T], *about: object) -> T:
    """Return an answer that is of ``kind``; a translated text counts as a text. Raises ShopError."""
    answer = ask(question, call, *about)
    _refuse_what_is_not(kind, question, answer)
    return answer


def _refuse_what_is_not(kind: type | UnionType, question: str, answer: object) -> None:
    if not isinstance(answer, kind):
        raise failed(question, f"returned {kind_of(answer)}")
    if isinstance(answer, str) and not is_utf8(answer):
        raise failed(question, "has a character that is none")


def text_or_none(question: str, call: Call[str], *about: object) -> str:
    """Return a text, ``""`` if the shop answers None; raises ShopError."""
    return of_type(question, str | None, call, *about) or ""


def not_lazy(answer: Any) -> Any:
    """Return a translated text as a text, what a lazy object stands for, and anything else as it is."""
    if isinstance(answer, LazyObject):
        # What pickle would keep of it.
        return answer.__reduce__()[1][0]
    return str(answer) if isinstance(answer, Promise) else answer


def several(question: str, kind: type, call: Call[Sequence[T]], *about: object) -> Sequence[T]:
    """Return fewer than MOST_ANSWERS answers that are all of ``kind``; raises ShopError."""
    found = listed(question, MOST_ANSWERS, call, *about)
    if len(found) == MOST_ANSWERS:
        raise failed(question, f"returned {MOST_ANSWERS} or more")
    for one in found:
        if not isinstance(one, kind):
            raise failed(question, f"returned a list with {kind_of(one)}")
    return found


def listed(question: str, most: int, call: Call[Sequence[T]], *about: object) -> Sequence[T]:
    """Return at most the first ``most`` of an answer, which may be any iterable; raises ShopError."""

    def read(shop: OrderAdapter[Any]) -> list[T]:
        answer = call(shop)
        try:
            one_by_one = iter(answer)
        except TypeError:
            raise failed(question, f"returned {kind_of(answer)}") from None
        return [not_lazy(one) for one in islice(one_by_one, most)]

    return ask(question, read, *about)
