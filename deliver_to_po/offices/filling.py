"""Filling cache and directory beforehand: asks which offices are near many postal codes."""

import time
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from deliver_to_po.canadapost.errors import CanadaPostError, Throttled
from deliver_to_po.canadapost.types import Language, OfficeQuery
from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.offices import cache
from deliver_to_po.offices.finder import ask_canada_post

# How long we wait in all for our turn to ask one question, before we give it up and go on to the next.
PATIENCE_SECONDS = 300.0


class Filled(StrEnum):
    """How one question ended."""

    ASKED = "asked"
    KNOWN = "known already"
    NONE_NEAR = "no office near"
    FAILED = "failed"


def fill(
    queries: Iterable[OfficeQuery], languages: Iterable[Language], *, sleep: Callable[[float], None] = time.sleep
) -> Iterator[tuple[Filled, CanadaPostError | None]]:
    """Ask Canada Post each query in each language, and yield how each question ended.

    We do not ask what the cache has a fresh answer to. This is background work: it leaves a share of the allowed calls
    to buyers, and waits when none is left for it.
    """
    wanted = list(languages)
    for query in queries:
        for language in wanted:
            yield _fill_one(query, language, sleep)


def _fill_one(
    query: OfficeQuery, language: Language, sleep: Callable[[float], None]
) -> tuple[Filled, CanadaPostError | None]:
    if cache.fresh_answer(query, language) is not None:
        return Filled.KNOWN, None
    waited = 0.0
    while True:
        try:
            offices = ask_canada_post(query, language, background=True).offices
        except Throttled as error:
            waited += error.retry_after
            if waited > PATIENCE_SECONDS:
                return Filled.FAILED, error
            sleep(error.retry_after)
        except CanadaPostError as error:
            return Filled.FAILED, error
        except DeliverToPoError:
            return Filled.FAILED, None
        else:
            return (Filled.ASKED if offices else Filled.NONE_NEAR), None
