"""HANDOFF, RELEASE, SHIPPING_SYSTEMS: how shipments reach a shipping system, and who does it."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import django
from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from deliver_to_po.background import works_in_background
from deliver_to_po.checks.messages import did_you_mean, error, setting_name, warning
from deliver_to_po.checks.shape import is_right
from deliver_to_po.conf import Release, app_settings
from deliver_to_po.configured import subclass_named
from deliver_to_po.shipping import ShippingSystem

# The longest step makes about three calls: a token, the check of the post office, the shipment.
CALLS_IN_A_STEP = 3
DJANGO_HAS_TASKS = django.VERSION >= (6, 0)
SYSTEMS = "SHIPPING_SYSTEMS"


def check_handoff(**_kwargs: object) -> list[CheckMessage]:
    """Check that a lease outlasts the calls made under it, and that RELEASE is a moment that exists."""
    return [*_lease(), *_release()]


def _lease() -> Iterator[CheckMessage]:
    paths = (("HANDOFF", "LEASE_SECONDS"), ("CANADA_POST", "TOTAL_TIMEOUT_SECONDS"))
    if not all(is_right(*path) for path in paths):
        return
    lease = app_settings.handoff.lease_seconds
    needed = CALLS_IN_A_STEP * app_settings.canada_post.total_timeout_seconds
    if lease <= needed:
        values = {
            "lease": setting_name(*paths[0]),
            "seconds": f"{lease:g}",
            "needed": f"{needed:g}",
            "calls": CALLS_IN_A_STEP,
            "timeout": setting_name(*paths[1]),
        }
        message = _(
            "%(lease)s is %(seconds)s, but a step may take %(needed)s seconds: two workers could take one parcel."
        )
        fix = _("Make it more than %(calls)s × %(timeout)s, one for each call of a step.")
        yield error(40, message % values, fix % values)


def _release() -> Iterator[CheckMessage]:
    known = get_args(Release)
    if is_right("RELEASE") and app_settings.release not in known:
        message = _("%(setting)s is “%(value)s”, which is no moment to release a delivery.")
        values = {"setting": setting_name("RELEASE"), "value": app_settings.release}
        yield error(41, message % values, did_you_mean(app_settings.release, known))


def check_shipping_systems(**_kwargs: object) -> list[CheckMessage]:
    """Check that there is a default shipping system, and that each can be used, knows its OPTIONS and supports D2PO."""
    if not is_right(SYSTEMS):
        return []
    systems = app_settings.shipping_systems
    messages: list[CheckMessage] = []
    if "default" not in systems:
        message = _("%(setting)s has no “default”: nothing is handed off.") % {"setting": setting_name(SYSTEMS)}
        fix = _("Call one of the shipping systems “default”, or leave %(setting)s out to use Canada Post.")
        messages.append(error(42, message, fix % {"setting": SYSTEMS}))
    for alias, system in systems.items():
        messages.extend(_system(alias, system))
    return messages


def _system(alias: str, system: Any) -> Iterator[CheckMessage]:
    name = setting_name(SYSTEMS, alias)
    path = system.get("BACKEND") if isinstance(system, Mapping) else None
    fix = _("Name a subclass of %(base)s.") % {"base": "deliver_to_po.shipping.ShippingSystem"}
    if not path or not isinstance(path, str):
        yield error(43, _("%(setting)s has no BACKEND.") % {"setting": name}, fix)
        return
    try:
        backend = subclass_named(path, ShippingSystem, f'{name}["BACKEND"]')
    except ImproperlyConfigured as problem:
        yield error(43, str(problem), fix)
        return
    yield from _options(alias, backend, system.get("OPTIONS", {}))
    if not backend.supports_d2po:
        message = _(
            "%(setting)s: nobody has seen that “%(path)s” makes Deliver to Post Office labels. Nothing is sent."
        )
        fix = _(
            "Use another shipping system. Once you have seen such a label of this one, set its supports_d2po to True."
        )
        yield error(45, message % {"setting": name, "path": path}, fix)


def _options(alias: str, backend: type[ShippingSystem], options: Any) -> Iterator[CheckMessage]:
    for option in options if isinstance(options, Mapping) else [options]:
        if option not in backend.option_names:
            message = _("%(setting)s: the shipping system “%(alias)s” has no such option.")
            values = {"setting": setting_name(SYSTEMS, alias, "OPTIONS", str(option)), "alias": alias}
            yield error(44, message % values, did_you_mean(str(option), backend.option_names))


def check_task_backend(**_kwargs: object) -> list[CheckMessage]:
    """Warn when nothing works in the background, so that the hand-off must be run by a command."""
    if works_in_background():
        return []
    message = _("No background worker is configured: placing an order does not start its hand-off.")
    fix = _(
        "Configure a TASKS backend that has workers (such as django-tasks-db), or keep “manage.py d2po_handoff --loop” "
        "running. Then silence this with SILENCED_SYSTEM_CHECKS."
    )
    return [warning(59, message, fix)]


def check_task_apps(**_kwargs: object) -> list[CheckMessage]:
    """Warn when tasks go to django-tasks-db but, where Django has none of its own, “django_tasks” is not installed."""
    backends = [backend for backend in getattr(settings, "TASKS", {}).values() if isinstance(backend, Mapping)]
    configured = any(str(backend.get("BACKEND", "")).startswith("django_tasks_db.") for backend in backends)
    if DJANGO_HAS_TASKS or not configured or apps.is_installed("django_tasks"):
        return []
    message = _("TASKS names django-tasks-db, but “django_tasks” is not in INSTALLED_APPS, which Django 5.2 needs.")
    return [warning(61, message, _("Add “django_tasks” to INSTALLED_APPS, before “django_tasks_db”."))]
