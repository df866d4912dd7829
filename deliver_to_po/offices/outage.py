"""Whether buyers see less than Canada Post's list just now, and since when: kept in the cache, told to the merchant."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import BaseCache
from django.utils import timezone

from deliver_to_po.choices import Rung
from deliver_to_po.conf import app_settings
from deliver_to_po.shared_cache import attempt

FORGOTTEN_SECONDS = 3600
SAID_AGAIN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class SearchOutage:
    """Since when Canada Post has not answered a search; ``rung`` is what answered last, None when nothing did."""

    since: datetime
    rung: Rung | None


def note_outage(rung: Rung | None) -> None:
    """Keep that a search was answered by a lower rung, or by none, because Canada Post did not answer."""
    name = rung.value if rung else ""

    def write(cache: BaseCache) -> None:
        # Many searches in a row say the same.
        if cache.get(_key("said")) == name:
            return
        cache.add(_key("since"), timezone.now().isoformat(), FORGOTTEN_SECONDS)
        cache.touch(_key("since"), FORGOTTEN_SECONDS)
        cache.set(_key("rung"), name, FORGOTTEN_SECONDS)
        cache.set(_key("said"), name, SAID_AGAIN_SECONDS)

    attempt(write, None)


def nothing_answers() -> bool:
    """Say whether a search of the last minute found neither Canada Post nor a directory with any office in it."""
    return attempt(lambda cache: cache.get(_key("said")) == "", False)


def outage_is_over() -> None:
    """Keep that Canada Post answers."""
    attempt(lambda cache: cache.delete_many([_key("since"), _key("said")]), None)


def current_outage() -> SearchOutage | None:
    """Return the outage that there is, None when the last question was answered or nobody has asked for an hour."""

    def read(cache: BaseCache) -> SearchOutage | None:
        since, rung = cache.get(_key("since")), cache.get(_key("rung"))
        return SearchOutage(datetime.fromisoformat(since), Rung(rung) if rung else None) if since else None

    return attempt(read, None)


def _key(what: str) -> str:
    environment = app_settings.canada_post.environment.encode().hex()[:120]
    return f"deliver_to_po.outage.{what}.{environment}"
