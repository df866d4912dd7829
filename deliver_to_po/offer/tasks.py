"""Fetches rates in the background, so that they are known the next time somebody looks.

A task carries keys only: a postal code is the buyer's own, so what is to be asked lies in the shared cache meanwhile.
"""

from typing import Any

from deliver_to_po.core.background import send_after_commit, task, works_in_background
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Delivery
from deliver_to_po.offer.offers import missing_rates
from deliver_to_po.offer.rates import fetch_rates, want_rates, wanted_rates


@task
def fetch_wanted(keys: list[str]) -> None:
    """Ask Canada Post what was left in the cache under ``keys``; stops at the first that gets no answer."""
    for request in map(wanted_rates, keys):
        if request and fetch_rates(request, app_settings.search_timeout_seconds, background=True) is None:
            return


def ask_for_offers(cart: Any, near: str | Delivery) -> bool:
    """Let a worker fetch what the offers for ``cart`` lack; say whether one will. Makes no call, never raises.

    Where no worker runs, ``fetch_offers`` asks in the request itself.
    """
    if not works_in_background():
        return False
    keys = [key for key in map(want_rates, missing_rates(cart, [near])) if key]
    return bool(keys) and send_after_commit(fetch_wanted, keys)
