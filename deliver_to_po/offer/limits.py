"""How heavy and how large a parcel a service takes: as Canada Post's Get Service last answered, else as documented.

It is asked at night, never while somebody waits. What it answers only ever tightens the limits of D2PO itself.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils import timezone

from deliver_to_po.adapter import Service
from deliver_to_po.canadapost.constraints import MAX_LENGTH_AND_GIRTH_CM, MAX_SIDE_CM, MAX_WEIGHT_KG
from deliver_to_po.canadapost.errors import CanadaPostError
from deliver_to_po.canadapost.types import ServiceDetails
from deliver_to_po.core.carrier import canada_post, gave_up
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shared_cache import with_cache
from deliver_to_po.core.shop_time import is_night

VERSION = 1
EVERY_SECONDS = 3600.0
AT_A_TIME = len(Service) + 1
ASKED_AGAIN_AFTER_SECONDS = 20 * 3600
KEPT_FOR_SECONDS = 7 * 24 * 3600
NOTICED_WITHIN = timedelta(minutes=1)


class Limits(NamedTuple):
    """The most that a parcel may weigh, in kilograms, and measure, in centimetres."""

    weight_kg: Decimal = MAX_WEIGHT_KG
    side_cm: Decimal = MAX_SIDE_CM
    length_and_girth_cm: Decimal = MAX_LENGTH_AND_GIRTH_CM


DOCUMENTED = Limits()


class _LastLook:
    """When this process last looked into the cache, None for never, and what it found there."""

    at: datetime | None = None
    found: Mapping[Service, Limits] = MappingProxyType({})


def kept_limits() -> Mapping[Service, Limits]:
    """Return the limits of each service: what an answer of the last week named, else the documented ones.

    They change at night at most: what another process has kept is noticed within NOTICED_WITHIN.
    """
    now = timezone.now()
    if _LastLook.at is None or not _LastLook.at <= now < _LastLook.at + NOTICED_WITHIN:
        _LastLook.at, _LastLook.found = now, _read()
    return _LastLook.found


@receiver(setting_changed, dispatch_uid="deliver_to_po.limits_elsewhere")
def _look_again(**_: object) -> None:
    _LastLook.at = None


def _read() -> Mapping[Service, Limits]:
    keys = {service: _key(service) for service in Service}
    found: Mapping[str, Any] = with_cache(lambda cache: cache.get_many(keys.values()), {})
    return {service: Limits(*map(Decimal, found[key])) if key in found else DOCUMENTED for service, key in keys.items()}


def fetch_limits() -> int:
    """Ask Canada Post at night what each service takes, once a day; return for how many it answered.

    While it cannot be asked, what is kept stays until it is a week old.
    """
    if not is_night() or gave_up():
        return 0
    client = canada_post(background=True)
    due = [service for service in Service if _nobody_else_asked(service)]
    for count, service in enumerate(due):
        try:
            _keep(service, believable(client.service(service.value)))
        except CanadaPostError:
            _ask_again_soon(due[count:])
            return count
    return len(due)


def _keep(service: Service, limits: Limits) -> None:
    kept = [str(limits.weight_kg), str(limits.side_cm), str(limits.length_and_girth_cm)]
    with_cache(lambda cache: cache.set(_key(service), kept, KEPT_FOR_SECONDS), None)
    _look_again()


def _ask_again_soon(services: Sequence[Service]) -> None:
    with_cache(lambda cache: cache.delete_many([_asked_key(service) for service in services]), None)


def believable(details: ServiceDetails) -> Limits:
    """Return the limits that an answer names, each no looser than the documented one, which stands for nonsense too."""
    return Limits(
        _tighter(details.max_weight_kg, MAX_WEIGHT_KG),
        _tighter(details.max_length_cm, MAX_SIDE_CM),
        _tighter(details.max_length_and_girth_cm, MAX_LENGTH_AND_GIRTH_CM),
    )


def _tighter(named: Decimal | None, documented: Decimal) -> Decimal:
    # Less than a tenth is no limit but another unit: kilograms where grams are meant, or inches.
    if named is None or not named.is_finite() or named < documented / 10:
        return documented
    return min(named, documented)


def _nobody_else_asked(service: Service) -> bool:
    # Without a cache nothing could be kept of the answer.
    return with_cache(lambda cache: cache.add(_asked_key(service), 1, ASKED_AGAIN_AFTER_SECONDS), False)


def _asked_key(service: Service) -> str:
    return f"{_key(service)}.asked"


def _key(service: Service) -> str:
    settings = app_settings.canada_post
    return _key_in(settings.environment, settings.api, service)


# A list of methods asks on every page for the few keys that a shop has.
@lru_cache(maxsize=64)
def _key_in(environment: str, api: str, service: Service) -> str:
    text = f"{environment}|{api}|{service.value}"
    return f"deliver_to_po.limits.{VERSION}.{sha256(text.encode()).hexdigest()[:32]}"
