"""The settings of the Oscar shop: Oscar's own defaults, and around them what the example shop has."""

from typing import Any

from oscar import INSTALLED_APPS as OSCAR_APPS
from oscar.defaults import *  # noqa: F403

from example_shop import settings as shop
from example_shop.settings import (  # noqa: F401
    ALLOWED_HOSTS,
    CACHES,
    CANADA_POST_URL,
    DATA_DIR,
    DATABASES,
    DEBUG,
    DEFAULT_FROM_EMAIL,
    LANGUAGE_CODE,
    LANGUAGES,
    LEAFLET_CONFIG,
    LOGGING,
    SECRET_KEY,
    SECURE_REFERRER_POLICY,
    SESSION_COOKIE_SAMESITE,
    STATIC_ROOT,
    STATIC_URL,
    STORAGES,
    TASKS,
    TIME_ZONE,
    USE_TZ,
    WHITENOISE_USE_FINDERS,
    X_FRAME_OPTIONS,
)

if hasattr(shop, "MAILERS"):
    MAILERS = shop.MAILERS
else:
    EMAIL_BACKEND = shop.EMAIL_BACKEND

# The forks of this shop; every other app is Oscar's own.
FORKS = {
    "oscar.apps.checkout.apps.CheckoutConfig": "example_shop.oscar.checkout.apps.CheckoutConfig",
    "oscar.apps.shipping.apps.ShippingConfig": "example_shop.oscar.shipping.apps.ShippingConfig",
    "oscar.apps.partner.apps.PartnerConfig": "example_shop.oscar.partner.apps.PartnerConfig",
}
# `oscar_fork_app` copies the migrations too; none of them differs here.
MIGRATION_MODULES = {"shipping": "oscar.apps.shipping.migrations", "partner": "oscar.apps.partner.migrations"}

INSTALLED_APPS = [
    # Above Oscar: its templates are extended, and the step's French is that of Canada.
    "deliver_to_po",
    "deliver_to_po.contrib.oscar",
    *(FORKS.get(app, app) for app in OSCAR_APPS),
    "leaflet",
    *(app for app in shop.INSTALLED_APPS if app.startswith("django_tasks")),
    "example_shop.oscar.apps.OscarShopConfig",
]

MIDDLEWARE = [
    *(middleware for middleware in shop.MIDDLEWARE if "csp" not in middleware),
    "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
]
ROOT_URLCONF = "example_shop.oscar.urls"
WSGI_APPLICATION = "example_shop.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [shop.BASE_DIR / "example_shop" / "oscar" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ],
        },
    },
]
AUTHENTICATION_BACKENDS = [
    "oscar.apps.customer.auth_backends.EmailBackend",
    "django.contrib.auth.backends.ModelBackend",
]
SITE_ID = 1
LOCALE_PATHS = [shop.BASE_DIR / "example_shop" / "locale"]
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

OSCAR_SHOP_NAME = "Tilleul"
OSCAR_SHOP_TAGLINE = ""
OSCAR_DEFAULT_CURRENCY = "CAD"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_FROM_EMAIL = DEFAULT_FROM_EMAIL
OSCAR_THUMBNAILER = "example_shop.oscar.thumbnails.AsTheyAre"
OSCAR_INITIAL_ORDER_STATUS = OSCAR_INITIAL_LINE_STATUS = "Pending"
OSCAR_ORDER_STATUS_PIPELINE = {
    "Pending": ("Being processed", "Cancelled"),
    "Being processed": ("Complete", "Cancelled"),
    "Complete": (),
    "Cancelled": (),
}

DELIVER_TO_PO = {
    **shop.DELIVER_TO_PO,
    "ORDER_MODEL": "order.Order",
    "ORDER_ADAPTER": "example_shop.oscar.adapter.ShopAdapter",
    "CHECKOUT_TESTS": "example_shop.oscar.checkout_tests.CheckoutTest",
    "BASE_TEMPLATE": "deliver_to_po/oscar/step.html",
}
