"""What Canada Post asks for one parcel: kept in the shared cache, and fetched by one call however many ask for it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from django.core.cache import BaseCache
from django.utils import timezone

from deliver_to_po.canadapost.errors import Refused
from deliver_to_po.canadapost.reading import NO_SERVICE
from deliver_to_po.canadapost.types import Parcel, Rate, RateRequest, ShipmentOption
from deliver_to_po.core.carrier import canada_post, gave_up
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shared_cache import with_cache
from deliver_to_po.core.shop_time import not_past, shop_day
from deliver_to_po.offices.turns import NoAnswer, one_call

VERSION = 3
FRESH_FOR = timedelta(hours=6)
KEPT_FOR = timedelta(days=7)
# An account without an agreement gets no prices at all; a service that is half down may answer so, too.
NO_RATES_FOR = timedelta(seconds=60)
# Far longer than any parcel takes within Canada.
LONGEST_WAY = timedelta(days=90)
# How long no worker is sent for the same again, and how late it may come.
WANTED_AGAIN_SECONDS, WANTED_SECONDS = 60, 3600


class Rates(NamedTuple):
    """What Canada Post answered about one parcel, by service, for a mailing day, and when it was asked.

    ``refused`` says that no service carries such a parcel.
    """

    by_service: Mapping[str, Rate]
    mailing_date: date
    asked_at: datetime
    refused: bool = False

    @property
    def recent(self) -> bool:
        """Say whether it was asked so lately that it need not be asked again for the same mailing day."""
        lifetime = FRESH_FOR if self.by_service else NO_RATES_FOR
        return timedelta(0) <= timezone.now() - self.asked_at <= lifetime


def key_of(request: RateRequest) -> str:
    """Return where the answer to a request is kept: one place for all mailing days, the newest answer counts."""
    settings = app_settings.canada_post
    return _key_in(settings.environment, settings.spoken, (settings.customer_number, settings.contract_id), request)


# The same cart is looked at again and again until it is paid for.
@lru_cache(maxsize=1024)
def _key_in(environment: str, api: str, account: tuple[str, str], request: RateRequest) -> str:
    text = f"{environment}|{api}|{account}|{request._replace(mailing_date=None)}"
    return f"deliver_to_po.rates.{VERSION}.{sha256(text.encode()).hexdigest()[:32]}"


def known_rates(requests: Iterable[RateRequest]) -> dict[RateRequest, Rates]:
    """Return what Canada Post last answered to each, for whichever mailing day and however long ago.

    The cache is asked once for all of them; one of which nothing is kept is left out.
    """
    keys = {request: key_of(request) for request in requests}

    def read(cache: BaseCache) -> dict[RateRequest, Rates]:
        found = cache.get_many(set(keys.values())) if keys else {}
        return {request: _read(found[key]) for request, key in keys.items() if found.get(key)}

    return with_cache(read, {})


def fresh_rates(requests: Iterable[RateRequest]) -> dict[RateRequest, Rates]:
    """Return what Canada Post answered lately to each for the same mailing day."""
    known = known_rates(requests)
    return {
        request: rates
        for request, rates in known.items()
        if rates.recent and rates.mailing_date == request.mailing_date
    }


def fetch_rates(request: RateRequest, seconds: float, *, background: bool = False) -> Rates | None:
    """Ask Canada Post, unless it answered lately, within ``seconds``; None when there is no answer.

    Many who ask the same at the same time make one call. After one that failed nobody asks for some seconds.
    """

    def look() -> Rates | None:
        return fresh_rates([request]).get(request)

    if fresh := look():
        return fresh
    if gave_up():
        return None
    try:
        with one_call(f"{key_of(request)}.{request.mailing_date}", seconds, look) as turn:
            return turn.answer or _ask(request, turn.seconds_left, background)
    except NoAnswer:
        return None


def _ask(request: RateRequest, seconds: float, background: bool) -> Rates:
    asked_at = timezone.now()
    sent = request._replace(mailing_date=not_past(request.mailing_date))
    found, refused = _rates_or_refusal(sent, seconds, background)
    mailing_date = request.mailing_date or shop_day()
    rates = Rates({rate.service: _believed(rate, mailing_date) for rate in found}, mailing_date, asked_at, refused)
    lifetime = KEPT_FOR if found or refused else NO_RATES_FOR
    with_cache(lambda cache: cache.set(key_of(request), _written(rates), lifetime.total_seconds()), None)
    return rates


def _rates_or_refusal(request: RateRequest, seconds: float, background: bool) -> tuple[list[Rate], bool]:
    """Return what Canada Post answers, and whether that is that no service carries such a parcel."""
    try:
        return canada_post(total_seconds=seconds, background=background).rates(request), False
    except Refused as error:
        if NO_SERVICE not in error.codes:
            raise
        return [], True


def _believed(rate: Rate, mailing_date: date) -> Rate:
    """Return a rate without its day if no parcel that is mailed on ``mailing_date`` can arrive then."""
    day = rate.expected_delivery
    believed = day is None or timedelta(0) <= day - mailing_date <= LONGEST_WAY
    return rate if believed else replace(rate, expected_delivery=None)


# -- To be asked by a worker ------------------------------------------------------------------------------------------


def want_rates(request: RateRequest) -> str:
    """Leave a request in the cache for a worker, and return its key; ``""`` if the same was left there lately."""
    key = f"{key_of(request)}.wanted"
    if not with_cache(lambda cache: cache.add(f"{key}.sent", 1, WANTED_AGAIN_SECONDS), False):
        return ""
    with_cache(lambda cache: cache.set(key, _request_to_json(request), WANTED_SECONDS), None)
    return key


def wanted_rates(key: str) -> RateRequest | None:
    """Return the request that was left under a key, None if the cache has dropped it."""
    found = with_cache(lambda cache: cache.get(key), None)
    return _request_from_json(found) if found else None


# -- As plain values: nothing of ours is pickled ----------------------------------------------------------------------


def _written(rates: Rates) -> str:
    row = {
        "asked_at": rates.asked_at.isoformat(),
        "mailing_date": rates.mailing_date.isoformat(),
        "rates": [rate_to_json(rate) for rate in rates.by_service.values()],
        "refused": rates.refused,
    }
    return json.dumps(row)


# What is kept of a cart is read again on each page.
@lru_cache(maxsize=1024)
def _read(written: str) -> Rates:
    row = json.loads(written)
    rates = [rate_from_json(rate) for rate in row["rates"]]
    return Rates(
        {rate.service: rate for rate in rates},
        date.fromisoformat(row["mailing_date"]),
        datetime.fromisoformat(row["asked_at"]),
        row["refused"],
    )


def rate_to_json(rate: Rate) -> dict[str, Any]:
    # Amounts and dates become texts.
    return {name: str(value) if isinstance(value, Decimal | date) else value for name, value in asdict(rate).items()}


def rate_from_json(row: dict[str, Any]) -> Rate:
    amounts = {name: Decimal(row[name]) for name in ("base", "due", "taxes")}
    day = row["expected_delivery"]
    return Rate(**{**row, **amounts, "expected_delivery": date.fromisoformat(day) if day else None})


def _request_to_json(request: RateRequest) -> dict[str, Any]:
    parcel = request.parcel
    return {
        "from": request.origin_postal_code,
        "to": request.destination_postal_code,
        "parcel": [str(side) for side in (parcel.weight_kg, parcel.length_cm, parcel.width_cm, parcel.height_cm)],
        "options": [[option.code, None if option.amount is None else str(option.amount)] for option in request.options],
        "mailing_date": request.mailing_date and request.mailing_date.isoformat(),
    }


def _request_from_json(row: dict[str, Any]) -> RateRequest:
    options = ((code, None if amount is None else Decimal(amount)) for code, amount in row["options"])
    return RateRequest(
        row["from"],
        row["to"],
        Parcel(*map(Decimal, row["parcel"])),
        tuple(ShipmentOption(code, amount) for code, amount in options),
        mailing_date=date.fromisoformat(row["mailing_date"]) if row["mailing_date"] else None,
    )
