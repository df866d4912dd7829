"""Settings of the tests of an Oscar shop: the demo's, with the databases and caches of every other test.

OSCAR_SHOP says which apps the shop has forked: ``order`` (those of the demo, and order) or ``two`` (checkout and
shipping alone, so without taxes), whose code is that of the page about Oscar.
"""

import os
from tempfile import TemporaryDirectory
from typing import Any

import django

from example_shop.oscar.settings import *  # noqa: F403
from example_shop.oscar.settings import DELIVER_TO_PO as SHOPS
from example_shop.oscar.settings import INSTALLED_APPS as APPS
from example_shop.oscar.settings import MIDDLEWARE as SHOPS_MIDDLEWARE
from tests import settings as ours
from tests.contrib.oscar.page import write_shop
from tests.settings import CACHES, DATABASES, PASSWORD_HASHERS, STORAGES, TASKS  # noqa: F401

SHOP = os.environ.get("OSCAR_SHOP", "order")
FORKED = {
    "order": {"oscar.apps.order.apps.OrderConfig": "tests.contrib.oscar.order.apps.OrderConfig"},
    "two": {
        "example_shop.oscar.checkout.apps.CheckoutConfig": "shop.checkout.apps.CheckoutConfig",
        "example_shop.oscar.shipping.apps.ShippingConfig": "shop.shipping.apps.ShippingConfig",
        "example_shop.oscar.partner.apps.PartnerConfig": "oscar.apps.partner.apps.PartnerConfig",
    },
}[SHOP]

SECRET_KEY = "tests-only"
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [FORKED.get(app, app) for app in APPS if not app.startswith("django_tasks_db")]
MIDDLEWARE = [middleware for middleware in SHOPS_MIDDLEWARE if "whitenoise" not in middleware]
# Oscar's tables by their models: its migrations take a minute.
MIGRATION_MODULES: dict[str, Any] = dict.fromkeys(  # type: ignore[no-redef]
    [app.split(".")[-3] if app.endswith("Config") else app.split(".")[-1] for app in INSTALLED_APPS]
)
if django.VERSION >= (6, 1):
    MAILERS = ours.MAILERS
else:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING: dict[str, Any] = {}
# Oscar links its picture of none into it once it shows one: of two processes that do so in one folder, one fails.
_media = TemporaryDirectory()
MEDIA_ROOT = _media.name  # type: ignore[assignment]

DELIVER_TO_PO = {
    **SHOPS,
    **{name: ours.DELIVER_TO_PO[name] for name in ("CANADA_POST", "HANDOFF", "SEARCH_TIMEOUT_SECONDS", "TRACKING")},
}
if SHOP == "two":
    write_shop()
    ROOT_URLCONF = "tests.contrib.oscar.urls"
    DELIVER_TO_PO["ORDER_ADAPTER"] = "shop.adapter.ShopAdapter"
