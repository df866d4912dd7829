"""HANDOFF, RELEASE, SHIPPING_SYSTEMS, TASKS: how shipments reach a shipping system, and who does it."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, get_args

import django
from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.module_loading import import_string

from deliver_to_po.canadapost.constraints import check_email, check_ending
from deliver_to_po.canadapost.lengths import SHORT_ENDING
from deliver_to_po.core.background import task_backend, works_in_background
from deliver_to_po.core.conf import Release, app_settings
from deliver_to_po.core.configured import subclass_named
from deliver_to_po.operations.checks.messages import did_you_mean, error, setting_name, warning
from deliver_to_po.operations.checks.shape import is_right
from deliver_to_po.shipping import ShippingSystem
from deliver_to_po.shipping.reports import TakesReports

# The longest step makes about three calls: a token, the check of the post office, the shipment.
CALLS_IN_A_STEP = 3
CELERY_BACKEND = "deliver_to_po.contrib.celery.CeleryBackend"
DJANGO_HAS_TASKS = django.VERSION >= (6, 0)
SYSTEMS = "SHIPPING_SYSTEMS"
# A sweep that is stopped for a deployment is still there.
HEARD_WITHIN = timedelta(days=1)
# What stands in one of them, and what it may be called.
KEYS = ("BACKEND", "OPTIONS")
ALIAS = re.compile(r"[^/]{1,40}")
# Packages that a shipping system of ours imports, and the extra that brings each.
EXTRA_WITH = {"standardwebhooks": "webhook"}


def check_handoff(**_kwargs: object) -> list[CheckMessage]:
    """Check that a lease outlasts its calls, that RELEASE is a moment that exists, and where refunds are answered."""
    return [*_lease(), *_release(), *_refund_email()]


def _lease() -> Iterator[CheckMessage]:
    paths = (("HANDOFF", "LEASE_SECONDS"), ("CANADA_POST", "TOTAL_TIMEOUT_SECONDS"))
    if not all(is_right(*path) for path in paths):
        return
    lease = app_settings.handoff.lease_seconds
    needed = CALLS_IN_A_STEP * app_settings.canada_post.total_timeout_seconds
    if lease <= needed:
        setting, timeout = (setting_name(*path) for path in paths)
        yield error(
            40,
            f"{setting} is {lease:g} seconds, but one step may take {needed:g}: two workers could take one parcel.",
            f"Set it to more than {CALLS_IN_A_STEP} × {timeout}, one for each call of a step.",
        )


def _release() -> Iterator[CheckMessage]:
    known, value, setting = get_args(Release), app_settings.release, setting_name("RELEASE")
    if is_right("RELEASE") and value not in known:
        message = f"{setting} is “{value}”, which does not say when to release a delivery."
        yield error(41, message, did_you_mean(value, known))


def _refund_email() -> Iterator[CheckMessage]:
    setting, email = setting_name("REFUND_EMAIL"), app_settings.refund_email
    if not is_right("REFUND_EMAIL"):
        return
    without_contract = is_right("CANADA_POST", "WITHOUT_CONTRACT") and app_settings.canada_post.without_contract
    short = without_contract and is_right("CANADA_POST", "API") and app_settings.canada_post.api == "webservices"
    if email and (any(check_email(setting, email)) or (short and any(check_ending(setting, email)))):
        yield error(
            47,
            f"{setting} is no e-mail address that a shipping system takes.",
            "Write one address of the shop's, such as “refunds@example.com”, without accents; for the web services "
            f"without a contract with at most {SHORT_ENDING} letters after its last dot.",
        )
    elif not email and without_contract:
        yield warning(
            48,
            f"{setting} is empty, but what is made without a contract can only be refunded, which needs it.",
            "Write the shop's address to which Canada Post answers, such as “refunds@example.com”.",
        )


def check_shipping_systems(**_kwargs: object) -> list[CheckMessage]:
    """Check that there is a default shipping system, and that each can be used, knows its OPTIONS and supports D2PO."""
    if not is_right(SYSTEMS):
        return []
    systems = app_settings.shipping_systems
    messages: list[CheckMessage] = []
    if "default" not in systems:
        message = f"{setting_name(SYSTEMS)} has no “default” system, so nothing is handed off."
        fix = f"Call one of the shipping systems “default”, or leave {SYSTEMS} out to use Canada Post."
        messages.append(error(42, message, fix))
    for alias, system in systems.items():
        messages.extend(_system(alias, system))
    return messages


def _system(alias: str, system: Any) -> Iterator[CheckMessage]:
    setting = setting_name(SYSTEMS, str(alias))
    if wrong := [*_name(setting, alias), *_keys(setting, system)]:
        yield from wrong
        return
    path = system.get("BACKEND") if isinstance(system, Mapping) else None
    fix = "Name a subclass of deliver_to_po.shipping.ShippingSystem."
    if not path or not isinstance(path, str):
        yield error(43, f"{setting} has no BACKEND, or one that is no dotted path.", fix)
        return
    try:
        backend = subclass_named(path, ShippingSystem, f'{setting}["BACKEND"]')
    except ImproperlyConfigured as refused:
        if why := refused.__cause__:
            extra = EXTRA_WITH.get(getattr(why, "name", None) or "")
            install = f'Install what it needs: pip install "django-deliver-to-po[{extra}]".'
            yield error(43, f"{setting}: “{path}” cannot be imported ({why}).", install if extra else fix)
        else:
            yield error(43, f"{setting}: “{path}” is not a subclass of ShippingSystem.", fix)
        return
    options = system.get("OPTIONS", {})
    if unknown := list(_options(alias, backend, options)):
        yield from unknown
        return
    try:
        made = backend(alias, options)
    except Exception as raised:  # noqa: BLE001 - it may be anybody's class
        problem = str(raised) if isinstance(raised, ImproperlyConfigured) else f"{type(raised).__name__}: {raised}"
        fix = f"Correct what it names. Its OPTIONS may hold: {', '.join(backend.option_names) or 'nothing'}."
        # What is wrong with a webhook's OPTIONS another check names, one by one.
        if not issubclass(backend, TakesReports):
            yield error(76, f"{setting}: the shipping system cannot be made with its OPTIONS: {problem}", fix)
        return
    if made.unverified:
        message = (
            f"{setting}: how “{path}” writes its file is unverified: compare it with Canada Post's Import File "
            "Specifications, and the first label with its order, before the first real parcel."
        )
        yield warning(77, message, 'Once somebody has done so, write "VERIFIED": True into its OPTIONS.')
    if not made.supports_d2po:
        switch = "OPTIONS[“HAS_SHOWN_A_LABEL”]" if "HAS_SHOWN_A_LABEL" in backend.option_names else "supports_d2po"
        yield error(
            45,
            f"{setting}: nobody has seen that “{path}” makes Deliver to Post Office labels. Nothing is sent.",
            f"Use another shipping system. Once you have seen such a label of this one, set its {switch} to True.",
        )


def _name(setting: str, alias: Any) -> Iterator[CheckMessage]:
    """Check what the system is called: it is kept with each shipment, and is a part of the webhook's address."""
    if not isinstance(alias, str) or not ALIAS.fullmatch(alias):
        message = f"{setting}: the name of a shipping system is a text of 1 to 40 characters, none of them a slash."
        yield error(
            73, message, "Name it otherwise, such as “est”, and let the adapter's shipping_system() return that."
        )


def _keys(named: str, system: Any) -> Iterator[CheckMessage]:
    """Name what stands beside BACKEND and OPTIONS, where nobody would read it, and OPTIONS that are no dict."""
    for key, value in system.items() if isinstance(system, Mapping) else ():
        setting = f'{named}["{key}"]'
        if key not in KEYS:
            yield error(75, f"{setting}: nobody reads this.", did_you_mean(str(key), KEYS))
        elif key == "OPTIONS" and not isinstance(value, Mapping):
            kind = type(value).__name__
            yield error(78, f"{setting} must be a dict; it is of type {kind}.", "Correct it, or leave it out.")


def _options(alias: str, backend: type[ShippingSystem], options: Mapping[Any, Any]) -> Iterator[CheckMessage]:
    for option in options:
        if option not in backend.option_names:
            setting = setting_name(SYSTEMS, alias, "OPTIONS", str(option))
            message = f"{setting}: the shipping system “{alias}” has no such option."
            yield error(44, message, did_you_mean(str(option), backend.option_names))


def check_task_backend(**_kwargs: object) -> list[CheckMessage]:
    """Warn when nothing works in the background: no worker of tasks, and no sweep that came in the last day.

    A TASKS that cannot be used is named in any case.
    """
    try:
        task_backend()
    except Exception as problem:  # noqa: BLE001 - backends raise what they like
        message = f"TASKS cannot be used ({problem})."
        return [warning(59, message, 'Correct TASKS["default"], or leave TASKS out.')]
    if works_in_background() or _swept():
        return []
    message = "No background worker is configured, so placing an order does not start its hand-off."
    fix = (
        "Configure a TASKS backend with workers (such as django-tasks-db), or keep “manage.py d2po_handoff --loop” "
        "running, or let cron run it each minute: this goes once it has run."
    )
    return [warning(59, message, fix)]


def _swept() -> bool:
    # Late: the checks are registered before there are models.
    from deliver_to_po.models.due import SWEEP, Heartbeat

    since = timezone.now() - HEARD_WITHIN
    try:
        return Heartbeat.objects.filter(name=SWEEP, beat_at__gte=since).exists()
    except Exception:  # noqa: BLE001 - checks also run where there is no database yet, or where none may be asked
        return False


def check_task_apps(**_kwargs: object) -> list[CheckMessage]:
    """Warn when tasks go to django-tasks-db but its app is not installed, or the one that Django 5.2 needs."""
    backends = [backend for backend in getattr(settings, "TASKS", {}).values() if isinstance(backend, Mapping)]
    configured = any(str(backend.get("BACKEND", "")).startswith("django_tasks_db.") for backend in backends)
    needed = ["django_tasks_db"] if DJANGO_HAS_TASKS else ["django_tasks", "django_tasks_db"]
    if not configured or all(apps.is_installed(app) for app in needed):
        return []
    apps_needed = ", ".join(f"“{app}”" for app in needed)
    message = f"TASKS names django-tasks-db, but INSTALLED_APPS has not all that it needs: {apps_needed}."
    return [warning(61, message, f"Add to INSTALLED_APPS, in this order: {apps_needed}.")]


def check_celery(**_kwargs: object) -> list[CheckMessage]:
    """Check that each backend of ours names a Celery app, and that this one knows where its broker is."""
    backends = getattr(settings, "TASKS", {}).items()
    ours = [alias for alias, task in backends if isinstance(task, Mapping) and task.get("BACKEND") == CELERY_BACKEND]
    return [message for alias in ours for message in _backend(alias, settings.TASKS[alias])]


def _backend(alias: str, backend: Mapping[str, Any]) -> Iterator[CheckMessage]:
    setting, options = f'TASKS["{alias}"]["OPTIONS"]["APP"]', backend.get("OPTIONS")
    path = options.get("APP") if isinstance(options, Mapping) else None
    fix = 'Name your Celery app, such as "mysite.celery.app".'
    if not path or not isinstance(path, str):
        yield error(81, f"{setting} is missing, or no dotted path: tasks go nowhere.", fix)
        return
    try:
        app = import_string(path)
    except ImportError as why:
        yield error(81, f"{setting}: “{path}” cannot be imported ({why}).", fix)
        return
    if not hasattr(app, "send_task"):
        yield error(81, f"{setting}: “{path}” is no Celery app.", fix)
    elif not (app.conf.broker_write_url or app.conf.broker_url):
        yield warning(
            82,
            f"{setting}: the Celery app “{path}” names no broker, so it looks for one on this machine.",
            "Set its broker, such as CELERY_BROKER_URL where it reads Django's settings.",
        )
