"""The shipping systems that the shop configured, by alias."""

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

from deliver_to_po.core.conf import SETTING, app_settings
from deliver_to_po.core.configured import made_once, subclass_named
from deliver_to_po.shipping.base import ShippingSystem

DEFAULT = "default"


@made_once
def shipping_system(alias: str) -> ShippingSystem:
    """Return the shipping system of that alias; raises ImproperlyConfigured."""
    setting = f'{SETTING}["SHIPPING_SYSTEMS"]["{alias}"]'
    written = app_settings.shipping_systems.get(alias)
    if not isinstance(written, Mapping):
        raise ImproperlyConfigured(f"{setting} is missing.")
    backend = subclass_named(written.get("BACKEND"), ShippingSystem, f'{setting}["BACKEND"]')
    try:
        return backend(alias, written.get("OPTIONS", {}))
    except ImproperlyConfigured:
        raise
    except Exception as error:
        # It may be anybody's class; what it says may hold a secret.
        raise ImproperlyConfigured(f"{setting} cannot be made with its OPTIONS ({type(error).__name__}).") from error


def usable_system(alias: str) -> ShippingSystem | None:
    """Return the shipping system of that alias; None if it is gone or cannot be made."""
    try:
        return shipping_system(alias)
    except ImproperlyConfigured:
        return None


def name_of_system(alias: str) -> str:
    """Return how staff call the shipping system of that alias, in the active language; the alias where it is gone."""
    system = usable_system(alias)
    return alias if system is None else str(system.name) or alias


def is_by_hand(alias: str) -> bool:
    """Say whether a person works with the shipping system of that alias; no where it is gone."""
    system = usable_system(alias)
    return system is not None and system.by_hand


def systems_by_hand() -> dict[str, ShippingSystem]:
    """Return the shipping systems that a person works with, by alias; those that cannot be used are left out."""
    return {alias: shipping_system(alias) for alias in app_settings.shipping_systems if is_by_hand(alias)}
