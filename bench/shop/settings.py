"""The example shop's settings, but for what limits robots, and for a cache in memory where no Redis is named."""

import os
from typing import Any

from example_shop import settings as shop
from example_shop.settings import *  # noqa: F403

ROOT_URLCONF = "bench.shop.urls"
if os.environ.get("REDIS_URL"):
    # Each run begins with a cache that holds nothing of an earlier one, and leaves alone what is there.
    CACHES = {"default": {**shop.CACHES["default"], "KEY_PREFIX": shop.DATA_DIR.name}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if os.environ.get("SQLITE_AS_STARTPROJECT"):
    DATABASES = {"default": {**shop.DATABASES["default"], "OPTIONS": {}}}
# Every request comes from one address: nothing is counted, or so much is allowed that nobody reaches it.
VISITORS = (
    {"SEARCHES_PER_VISITOR_PER_MINUTE": 10**9, "TRUSTED_PROXIES": 1}
    if os.environ.get("COUNT_VISITORS")
    else {"SEARCHES_PER_VISITOR_PER_MINUTE": 0}
)
DELIVER_TO_PO = dict[str, Any](shop.DELIVER_TO_PO) | VISITORS
if limit := os.environ.get("CALLS_PER_MINUTE"):
    DELIVER_TO_PO["CANADA_POST"] = {**DELIVER_TO_PO["CANADA_POST"], "CALLS_PER_MINUTE": int(limit)}
