"""What the shop's settings take from the environment."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

# A thread keeps its connection: opening one takes longer than most questions.
KEEP_CONNECTION_SECONDS = 60
# WAL lets pages be read while the worker writes; IMMEDIATE makes writers queue instead of failing half-way.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def flag(name: str) -> bool:
    """Return whether the variable ``name`` says yes (1, true, yes, on)."""
    return os.environ.get(name, "").strip().lower() in ("1", "true", "yes", "on")


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for ``sqlite:///path`` or ``postgres://user:password@host:port/name``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path[1:]) or ":memory:"
        engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": SQLITE_OPTIONS}
    elif parts.scheme in ("postgres", "postgresql"):
        engine = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": {"connect_timeout": 5},
        }
    else:
        raise ValueError(f"DATABASE_URL starts with {parts.scheme!r}; write sqlite:///… or postgres://…")
    return {**engine, "CONN_MAX_AGE": KEEP_CONNECTION_SECONDS, "CONN_HEALTH_CHECKS": True}


def cache(redis_url: str, folder: Path) -> dict[str, Any]:
    """Return Django's settings for Redis, or for files where there is none.

    Files, because web server and worker are separate processes that share the answers of Canada Post, and because a
    cache in SQLite would queue for the one writer that orders and hand-off need.
    """
    if redis_url:
        options = {"socket_connect_timeout": 1, "socket_timeout": 1}
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url, "OPTIONS": options}
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(folder),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }


def secret_key(file: Path) -> str:
    """Return SECRET_KEY, else the one in ``file``, made at first use: all processes must sign with the same."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii")
    key = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(key)
    return key


def origin(url: str) -> str:
    """Return scheme, host and port of ``url``, as a content security policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def shipping_system() -> dict[str, Any]:
    """Return what SHIPPING=manual or SHIPPING=est changes of DELIVER_TO_PO: labels are then made in another program."""
    by_hand: dict[str, Any] = {
        "manual": {"BACKEND": "deliver_to_po.shipping.manual.Manual", "OPTIONS": {"HAS_SHOWN_A_LABEL": True}},
        "est": {"BACKEND": "deliver_to_po.shipping.est.Est2File"},
    }
    chosen = by_hand.get(os.environ.get("SHIPPING", ""))
    return {"SHIPPING_SYSTEMS": {"default": chosen}} if chosen else {}
