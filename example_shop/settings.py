"""The settings of the example shop. Everything that differs between places comes from the environment."""

import os
from pathlib import Path
from typing import Any

import django
from django.utils.translation import gettext_lazy as _

from example_shop import environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("SHOP_DATA", BASE_DIR / ".demo"))
CANADA_POST_URL = os.environ.get("CANADA_POST_URL", "http://127.0.0.1:8080").rstrip("/")

DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.secret_key(DATA_DIR / "secret-key")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "leaflet",
    *([] if django.VERSION >= (6, 0) else ["django_tasks"]),
    "django_tasks_db",
    "deliver_to_po",
    "example_shop",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    *(["django.middleware.csp.ContentSecurityPolicyMiddleware"] if django.VERSION >= (6, 0) else []),
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# Nothing inline, nothing from elsewhere but the map's pictures (Leaflet blanks tiles with data: ones).
SECURE_CSP: dict[str, Any] = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:", environment.origin(CANADA_POST_URL)],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

ROOT_URLCONF = "example_shop.urls"
WSGI_APPLICATION = "example_shop.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "example_shop.context_processors.shop",
            ],
        },
    },
]

DATABASES = {
    "default": environment.database(os.environ.get("DATABASE_URL", f"sqlite:///{DATA_DIR / 'shop.sqlite3'}")),
}
CACHES = {"default": environment.cache(os.environ.get("REDIS_URL", ""), DATA_DIR / "cache")}
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "media", "base_url": "/media/"},
    },
    # Labels carry names and addresses: their own folder, with no URL of its own.
    "deliver_to_po": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "private" / "labels",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = DEBUG

# Also the hand-off's: whoever places an order only writes a row, the worker makes the calls.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
TIME_ZONE = "America/Toronto"
USE_TZ = True

if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "example_shop.console.EmailBackend"}}
else:
    EMAIL_BACKEND = "example_shop.console.EmailBackend"
DEFAULT_FROM_EMAIL = "Tilleul <orders@tilleul.example>"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

# Django's mail to administrators would carry what people typed; the console gets paths and errors only.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Pages that are not there are no news.
        "django.request": {"level": "ERROR"},
        "deliver_to_po": {"level": "INFO"},
    },
}

LEAFLET_CONFIG = {
    "TILES": [
        (_("Drawn map"), f"{CANADA_POST_URL}/tiles/{{z}}/{{x}}/{{y}}.svg", {"attribution": _("Drawn for this demo")})
    ],
    "DEFAULT_CENTER": (45.5, -73.6),
    "DEFAULT_ZOOM": 11,
    "MIN_ZOOM": 3,
    "MAX_ZOOM": 17,
    "SCALE": "metric",
    "RESET_VIEW": False,
    "ATTRIBUTION_PREFIX": "",
}

DELIVER_TO_PO = {
    "ORDER_MODEL": "example_shop.Order",
    "ORDER_ADAPTER": "example_shop.adapter.ShopAdapter",
    "CHECKOUT_TESTS": "example_shop.checkout_tests.CheckoutTest",
    "BASE_TEMPLATE": "shop/base.html",
    "RELEASE": "when_paid",
    # The tiles are the emulator's own.
    "MAP_OPEN_AT_START": True,
    "PRIVACY_OFFICER": "privacy@tilleul.example",
    "SITE_URL": os.environ.get("SITE_URL", "http://127.0.0.1:8000"),
    "CLERKS": ("desk@tilleul.example",),
    "REFUND_EMAIL": "refunds@tilleul.example",
    "CANADA_POST": {
        # The emulator's own customer; it refuses every other.
        "BASE_URL": CANADA_POST_URL,
        "CLIENT_ID": "emulator",
        "CLIENT_SECRET": "emulator-secret",
        "CUSTOMER_NUMBER": "0007023210",
        "CONTRACT_ID": "" if environment.flag("WITHOUT_CONTRACT") else "0040000001",
        "WITHOUT_CONTRACT": environment.flag("WITHOUT_CONTRACT"),
        # It is ours alone: nobody limits calls to it.
        "CALLS_PER_MINUTE": 0,
    },
    **environment.shipping_system(),
}
