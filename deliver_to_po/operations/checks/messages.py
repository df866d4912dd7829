"""How the checks speak: an id, what is wrong, the fix. In English, as Django's own checks do."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.core.checks import Error, Warning

from deliver_to_po.core.conf import SETTING

# What every example calls the shop's adapter.
EXAMPLE_ADAPTER = "shop.post_offices.ShopAdapter"


def error(number: int, message: str, fix: str) -> Error:
    """Return the error ``deliver_to_po.E…``."""
    return Error(message, hint=fix, id=f"deliver_to_po.E{number:03}")


def warning(number: int, message: str, fix: str) -> Warning:
    """Return the warning ``deliver_to_po.W…``."""
    return Warning(message, hint=fix, id=f"deliver_to_po.W{number:03}")


def setting_name(*keys: str) -> str:
    """Return how a setting is written in the shop's settings: ``DELIVER_TO_PO["CANADA_POST"]["LIVE"]``."""
    return SETTING + "".join(f'["{key}"]' for key in keys)


def nearest(name: str, names: Iterable[str], *, cutoff: float = 0.55) -> str:
    """Return the one of ``names`` that is nearest to ``name`` in any case, or ``""`` when none is near enough."""
    by_lower = {known.lower(): known for known in names}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else ""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return the question after the one of ``names`` that is nearest to ``name``, else the list of all."""
    known = list(names)
    if found := nearest(name, known):
        return f"Did you mean “{found}”?"
    return f"Choose one of: {', '.join(sorted(known))}." if known else "There is none: leave it out."
