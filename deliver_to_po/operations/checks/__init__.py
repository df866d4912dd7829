"""``manage.py check``: names each missing or wrong setting, with the fix.

Ids are ``deliver_to_po.E…`` and ``deliver_to_po.W…``: 001–009 the dict itself, 010–019 ORDER_MODEL, 020–029
ORDER_ADAPTER, 030–039 CANADA_POST, 040–049 the hand-off, 050–078 what stands around the app and what LIVE adds to that,
079–080 and 097 webhooks, 098 replicas, 081–082 Celery, 089 the morning mail, 090 a
cache that keeps nothing, 091 SQLite, 092–093 clocks, 096 a cache that is not shared while LIVE is on.
An id never changes its meaning, so that a shop can silence it.
"""

from django.core.checks import Tags, register

from deliver_to_po.operations.checks import (
    adapter,
    carrier,
    clocks,
    database,
    engines,
    handoff,
    live,
    orders,
    shape,
    surroundings,
    webhook,
)


def register_all() -> None:
    """Register every check; each is a function that takes nothing from the others."""
    register(shape.check_settings)
    register(orders.check_order_model, Tags.models)
    register(orders.check_order_migrations, Tags.models)
    register(orders.check_one_database, Tags.models)
    register(orders.check_reads, Tags.models)
    register(orders.check_order_column, Tags.database)
    register(database.check_sqlite)
    register(adapter.check_order_adapter)
    register(carrier.check_canada_post)
    register(live.check_live)
    register(handoff.check_handoff)
    register(handoff.check_shipping_systems)
    register(webhook.check_webhooks)
    register(webhook.check_parcel_webhook)
    register(surroundings.check_label_storage, Tags.files)
    register(surroundings.check_cache, Tags.caches)
    register(surroundings.check_base_template, Tags.templates)
    register(surroundings.check_base_title, Tags.templates)
    register(surroundings.check_installed_apps)
    register(clocks.check_time_zones)
    register(clocks.check_shop_day)
    register(clocks.check_zone_data)
    register(surroundings.check_pages, Tags.urls)
    register(surroundings.check_middleware, Tags.translation)
    register(surroundings.check_languages, Tags.translation)
    register(surroundings.check_french_times, Tags.translation)
    register(surroundings.check_proxies)
    register(surroundings.check_privacy_officer)
    register(surroundings.check_site_url)
    register(surroundings.check_morning_mail)
    register(surroundings.check_mail_timeout)
    register(surroundings.check_map_tiles)
    register(handoff.check_task_backend)
    register(handoff.check_task_apps)
    register(engines.check_celery)
