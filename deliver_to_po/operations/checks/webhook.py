"""Webhooks, among the SHIPPING_SYSTEMS and PARCEL_WEBHOOK: where parcels are posted, and what proves who sends."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured

from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.configured import subclass_named
from deliver_to_po.operations.checks.messages import error, setting_name
from deliver_to_po.operations.checks.shape import is_right
from deliver_to_po.shipping import ShippingSystem

FIXES = {
    "URL": "Write the https address of the receiver; http is for one on this machine only.",
    "SECRET": "Make one: “whsec_” and what “openssl rand -base64 32” prints.",
    "HAS_SHOWN_A_LABEL": "Write True once you have seen such a label of the receiver's, else leave it out.",
    "TOTAL_TIMEOUT_SECONDS": "Leave it out, or write the seconds that one call may take.",
}


def check_webhooks(**_kwargs: object) -> list[CheckMessage]:
    """Check the OPTIONS of each webhook; with a wrong one nothing is sent. No message holds a secret."""
    if not is_right("SHIPPING_SYSTEMS"):
        return []
    return [message for alias, system in app_settings.shipping_systems.items() for message in _faults(alias, system)]


def check_parcel_webhook(**_kwargs: object) -> list[CheckMessage]:
    """Check where another system is told of parcels that moved, and what proves who says so."""
    if not is_right("PARCEL_WEBHOOK") or not any(app_settings.parcel_webhook.values()):
        return []
    try:
        from deliver_to_po.shipping.webhook import faults_of
    except ImportError:
        install = 'pip install "django-deliver-to-po[webhook]".'
        return [error(97, f"{setting_name('PARCEL_WEBHOOK')} needs the package standardwebhooks.", f"Run {install}")]
    return list(_told(faults_of(app_settings.parcel_webhook), "PARCEL_WEBHOOK"))


def _faults(alias: str, system: Any) -> Iterator[CheckMessage]:
    options = system.get("OPTIONS", {}) if isinstance(system, Mapping) and _is_webhook(system) else None
    if not isinstance(options, Mapping):
        return
    from deliver_to_po.shipping.webhook import faults_of

    yield from _told(faults_of(options), "SHIPPING_SYSTEMS", alias, "OPTIONS")


def _told(faults: Iterable[tuple[str, str]], *path: str) -> Iterator[CheckMessage]:
    for option, fault in faults:
        setting = setting_name(*path, option)
        if option == "SECRET":
            yield error(80, f"{setting} {fault}. Nothing is signed, so nothing is sent.", FIXES[option])
        else:
            yield error(79, f"{setting} {fault}. Nothing is sent.", FIXES[option])


def _is_webhook(system: Mapping[str, Any]) -> bool:
    try:
        backend = subclass_named(system.get("BACKEND"), ShippingSystem, "BACKEND")
    except ImproperlyConfigured:
        # Another check says so; such as that the extra is not installed.
        return False
    try:
        from deliver_to_po.shipping.webhook import Webhook
    except ImportError:
        # Without the extra nothing that could be imported is one.
        return False
    return issubclass(backend, Webhook)
