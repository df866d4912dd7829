"""Warming: asks for the offices near many postal codes beforehand, so that cache and directory know them."""

import time
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from deliver_to_po.canadapost.errors import CanadaPostError, Throttled
from deliver_to_po.canadapost.types import Language, OfficeQuery
from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.offices import cache
from deliver_to_po.offices.finder import ask_canada_post

# What Canada Post or our own throttle may put off in all for one question, before the next one is tried.
PATIENCE_SECONDS = 300.0


class Outcome(StrEnum):
    """What became of one question."""

    ASKED = "asked"
    KNOWN = "known already"
    NONE_NEAR = "no office near"
    FAILED = "failed"


def warm(
    queries: Iterable[OfficeQuery], languages: Iterable[Language], *, sleep: Callable[[float], None] = time.sleep
) -> Iterator[tuple[Outcome, CanadaPostError | None]]:
    """Ask Canada Post each query in each language, as work in the background does, and yield what became of each.

    What the cache answers freshly is not asked. Work in the background leaves a share of the allowed calls to buyers;
    when it is its turn to wait, it waits.
    """
    spoken = list(languages)
    for query in queries:
        for language in spoken:
            yield _warm_one(query, language, sleep)


def _warm_one(
    query: OfficeQuery, language: Language, sleep: Callable[[float], None]
) -> tuple[Outcome, CanadaPostError | None]:
    kept = cache.kept(query, language)
    if kept is not None and kept.fresh:
        return Outcome.KNOWN, None
    waited = 0.0
    while True:
        try:
            offices = ask_canada_post(query, language, background=True).offices
        except Throttled as error:
            waited += error.retry_after
            if waited > PATIENCE_SECONDS:
                return Outcome.FAILED, error
            sleep(error.retry_after)
        except CanadaPostError as error:
            return Outcome.FAILED, error
        except DeliverToPoError:
            return Outcome.FAILED, None
        else:
            return (Outcome.ASKED if offices else Outcome.NONE_NEAR), None
