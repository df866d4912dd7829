"""``manage.py check``: names each missing or wrong setting, with the fix.

Ids are ``deliver_to_po.E…`` and ``deliver_to_po.W…``: 001–009 the dict itself, 010–019 ORDER_MODEL, 020–029
ORDER_ADAPTER, 030–039 and 083 CANADA_POST, 040–049 the hand-off, 050–078 what stands around the app and what LIVE adds
to that, 079–080 and 097 webhooks, 081–082 Celery, 089 the morning mail, 090 a cache that keeps nothing, 091 SQLite,
092–093 clocks, 094 a cache that soon forgets and 096 one that is not shared while LIVE is on, 098 replicas, 099 a
database that knows no time zones. An id never changes its meaning, so that a shop can silence it.
"""

from collections.abc import Callable
from importlib import import_module

from django.core.checks import CheckMessage, Tags, register

CHECKS: tuple[tuple[str, ...], ...] = (
    ("shape.check_settings",),
    ("orders.check_order_model", Tags.models),
    ("orders.check_order_migrations", Tags.models),
    ("orders.check_one_database", Tags.models),
    ("orders.check_reads", Tags.models),
    ("orders.check_order_column", Tags.database),
    ("database.check_sqlite",),
    ("database.check_zone_tables", Tags.database),
    ("adapter.check_order_adapter",),
    ("carrier.check_canada_post",),
    ("live.check_live",),
    ("handoff.check_handoff",),
    ("handoff.check_shipping_systems",),
    ("webhook.check_webhooks",),
    ("webhook.check_parcel_webhook",),
    ("surroundings.check_label_storage", Tags.files),
    ("surroundings.check_cache", Tags.caches),
    ("surroundings.check_base_template", Tags.templates),
    ("surroundings.check_installed_apps",),
    ("clocks.check_time_zones",),
    ("clocks.check_shop_day",),
    ("clocks.check_zone_data",),
    ("surroundings.check_pages", Tags.urls),
    ("languages.check_middleware", Tags.translation),
    ("languages.check_languages", Tags.translation),
    ("languages.check_french_times", Tags.translation),
    ("surroundings.check_proxies",),
    ("surroundings.check_privacy_officer",),
    ("mail.check_site_url",),
    ("mail.check_morning_mail",),
    ("mail.check_mail_timeout",),
    ("surroundings.check_map_tiles",),
    ("handoff.check_task_backend",),
    ("handoff.check_task_apps",),
    ("handoff.check_celery",),
)


def register_all() -> None:
    """Register every check; each is a function that takes nothing from the others."""
    for path, *tags in CHECKS:
        register(_late(path), *tags)


def _late(path: str) -> Callable[..., list[CheckMessage]]:
    """Return a check that is loaded when it is run: only commands do that."""
    module, _, name = path.partition(".")

    def check(**asked: object) -> list[CheckMessage]:
        found: list[CheckMessage] = getattr(import_module(f"{__name__}.{module}"), name)(**asked)
        return found

    return check
