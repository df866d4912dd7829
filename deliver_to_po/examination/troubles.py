"""What the desk tells of: what health finds just now, and what the doctor's last examinations found."""

from collections.abc import Collection, Iterator
from contextlib import suppress

from django.conf import settings
from django.db import Error
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deliver_to_po.core.shared_cache import own_key, with_cache
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.examination.health.examination import examine
from deliver_to_po.examination.health.finding import Limits
from deliver_to_po.models import Heartbeat
from deliver_to_po.outbox.beats import write_down
from deliver_to_po.testing.checkout_mistakes import MISTAKES

# The two examinations: their names begin those of the rows that keep what they found.
DOCTOR, SHOP = "doctor ", "shop "
LONGEST = 40
# A page of the desk asks health again after so long.
HEALTH_SECONDS = 60

Trouble = tuple[str, str]


def remember(examination: str, codes: Collection[str], unknown: Collection[str] = ()) -> None:
    """Keep what DOCTOR or SHOP has found wrong just now; what it found before and now does not is mended.

    Codes that are ``unknown`` stay as they were: nothing was found out about them.
    """
    names, kept = ([f"{examination}{code}"[:LONGEST] for code in some] for some in (codes, unknown))
    # Where there are no tables yet the examination says so itself.
    with suppress(Error):
        Heartbeat.objects.filter(name__startswith=examination).exclude(name__in=[*names, *kept]).delete()
        for name in names:
            write_down(name)
    with_cache(lambda cache: cache.delete_many([_key(language) for language, _name in settings.LANGUAGES]), None)


def troubles() -> list[Trouble]:
    """Return what is wrong, in the active language, each with the code by which technical support finds it.

    What was found less than HEALTH_SECONDS ago counts: a page of the desk asks no more than it must.
    """
    known: list[Trouble] | None = with_cache(lambda cache: cache.get(_key(get_language())), None)
    if known is None:
        known = [*((found.says, found.name) for found in examine(Limits()) if not found.ok), *_remembered()]
        with_cache(lambda cache: cache.set(_key(get_language()), known, HEALTH_SECONDS), None)
    return known


def _key(language: str | None) -> str:
    return own_key("troubles 2", str(language))


def _remembered() -> Iterator[Trouble]:
    for name, found_at in Heartbeat.objects.order_by("name").values_list("name", "beat_at"):
        if name.startswith(SHOP) and (mistake := MISTAKES.get(name.removeprefix(SHOP))):
            yield str(mistake.says).rstrip("."), name.removeprefix(SHOP)
        elif name.startswith((DOCTOR, SHOP)):
            says = _("the doctor found a problem on %(when)s") % {"when": day_and_time(found_at)}
            yield says, name.partition(" ")[2]
