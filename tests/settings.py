"""Settings of the test suite: SQLite and local memory, or the services that the environment names."""

import os
import tempfile
import zoneinfo
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django

ROOT = Path(__file__).resolve().parent.parent
ORDER_KEY = os.environ.get("TEST_ORDER_KEY", "integer")

# The time zones of the package, here and in processes of the tests' own: a machine's may be older.
os.environ["PYTHONTZPATH"] = ""
zoneinfo.reset_tzpath(())

SECRET_KEY = "tests-only"
DEBUG = False
USE_TZ = True
TIME_ZONE = "America/Toronto"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "français")]
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.urls"
STATIC_URL = "/static/"
# The real one takes half a second for each user that a test makes.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The test runner puts its own backend here; without the name Django 6.1 warns that there is none.
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "leaflet",
    "deliver_to_po",
    "tests.orders_uuid" if ORDER_KEY == "uuid" else "example_shop",
]
if find_spec("django.tasks") is None:
    INSTALLED_APPS.append("django_tasks")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


class NotGiven(str):
    """What a template shows in place of what its view does not give it: it fails the test."""

    __slots__ = ()

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"a template names {name}, which no view gives it")


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
            ]
            + (["example_shop.context_processors.shop"] if ORDER_KEY == "integer" else []),
            "string_if_invalid": NotGiven("%s"),
        },
    }
]


def use_pymysql() -> None:
    """Let the driver that needs no compiler stand in for mysqlclient, which Django looks for."""
    import pymysql

    pymysql.version_info = (2, 2, 7, "final", 0)
    pymysql.install_as_MySQLdb()


TEST_DATABASE = str(Path(tempfile.gettempdir()) / f"d2po-test-{os.getpid()}.sqlite3")


def _database() -> dict[str, object]:
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    if not url.scheme:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": TEST_DATABASE,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
            # A file, so that threads of a live server and other processes see it.
            "TEST": {"NAME": TEST_DATABASE},
        }
    engine = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql"}[url.scheme]
    if engine == "mysql":
        use_pymysql()
    return {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": url.path.lstrip("/") or "test",
        "USER": url.username or "",
        "PASSWORD": url.password or "",
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        # What tests write need not outlive the machine: no commit waits for a disk.
        "OPTIONS": {"options": "-c synchronous_commit=off"} if engine == "postgresql" else {},
    }


DATABASES = {"default": _database()}


def _own_redis(url: str) -> str:
    """Return the URL with a database of Redis for this process: what runs beside it clears its whole cache."""
    server, number = url.rsplit("/", 1)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{server}/{int(number or 0) + int(worker)}"


if "REDIS_URL" in os.environ:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": _own_redis(os.environ["REDIS_URL"]),
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

TASKS = {
    "default": {
        "BACKEND": "django.tasks.backends.dummy.DummyBackend"
        if find_spec("django.tasks")
        else "django_tasks.backends.dummy.DummyBackend"
    }
}

STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "deliver_to_po": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}

LEAFLET_CONFIG = {"TILES": [("Test", "http://127.0.0.1:9/tiles/{z}/{x}/{y}.svg", {"attribution": "test"})]}

DELIVER_TO_PO: dict[str, Any] = {
    "ORDER_MODEL": "orders_uuid.Purchase" if ORDER_KEY == "uuid" else "example_shop.Order",
    "ORDER_ADAPTER": "tests.orders_uuid.adapter.PurchaseAdapter"
    if ORDER_KEY == "uuid"
    else "example_shop.adapter.ShopAdapter",
    "CANADA_POST": {
        "BASE_URL": "http://127.0.0.1:9",
        "CLIENT_ID": "emulator",
        "CLIENT_SECRET": "emulator-secret",
        "USERNAME": "emulator",
        "PASSWORD": "emulator-secret",
        "CUSTOMER_NUMBER": "0007023210",
        "CONTRACT_ID": "0040000001",
        "CONNECT_TIMEOUT_SECONDS": 5.0,
        "READ_TIMEOUT_SECONDS": 8.0,
        "TOTAL_TIMEOUT_SECONDS": 9.0,
        "CALLS_PER_MINUTE": 0,
    },
    # A busy machine is late; what tests how long somebody waits sets its own.
    "SEARCH_TIMEOUT_SECONDS": 10.0,
    # What tests this switches it on.
    "TRACKING": False,
    "PRIVACY_OFFICER": "privacy@example.com",
    "SITE_URL": "https://shop.example.com",
    "HANDOFF": {
        "LEASE_SECONDS": 30.0,
        "LOOK_UP_AFTER_SECONDS": (0.0, 5.0),
        "RETRY_AFTER_SECONDS": (5.0,),
        "LABEL_AFTER_SECONDS": (0.0, 5.0),
        "GIVE_UP_AFTER": timedelta(hours=24),
    },
}
