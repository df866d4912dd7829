"""The dict DELIVER_TO_PO itself: is it there, are its keys known, is each value of the right kind."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import timedelta
from email.utils import getaddresses
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.checks import CheckMessage

from deliver_to_po.core.conf import SETTING, user_settings
from deliver_to_po.core.defaults import DEFAULTS
from deliver_to_po.core.hosts import host_of
from deliver_to_po.operations.checks.messages import EXAMPLE_ADAPTER, did_you_mean, error, nearest, setting_name

Path = tuple[str, ...]

# No date lies much further back: what counts with ``timedelta.max`` ends with an OverflowError.
A_CENTURY = timedelta(days=36_525)
A_YEAR = 365

FIRST_LINE = f'{SETTING} = {{"ORDER_MODEL": "shop.Order", "ORDER_ADAPTER": "{EXAMPLE_ADAPTER}"}}'


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _count(value: Any) -> bool:
    return value == 0 or _whole(value)


def _seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= A_CENTURY.total_seconds()


def _ladder(value: Any) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and len(value) > 0
        and all(step == 0 or _seconds(step) for step in value)
        # All tries after those that are listed wait as long as the last.
        and value[-1] > 0
    )


def _time_of_day(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value) is not None


def _week_days(value: Any) -> bool:
    return (
        isinstance(value, Sequence | Set)
        and len(value) > 0
        and all(isinstance(day, int) and not isinstance(day, bool) and 1 <= day <= 7 for day in value)
    )


def _duration(value: Any) -> bool:
    return isinstance(value, timedelta) and timedelta(0) < value <= A_CENTURY


def _site(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    return not value or bool(re.match("https?://[^?#]*$", value) and host_of(value))


def _addresses(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(map(_address, value))


def _address(value: Any) -> bool:
    """Say whether it is one address, alone or behind a name: Django refuses an e-mail to several in one text."""
    found = getaddresses([value]) if isinstance(value, str) and value.isprintable() else []
    return len(found) == 1 and re.fullmatch(r"[^\s@,;:]+@[^\s@,;:]+", found[0][1]) is not None


def _zone(value: Any) -> bool:
    try:
        return isinstance(value, str) and (value == "" or bool(ZoneInfo(value)))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False


Kind = tuple[Callable[[Any], bool], str]

TEXT: Kind = (_text, "a string")
PREFIX: Kind = (lambda value: value is None or _text(value), "a string, or None")
MAPPING: Kind = (lambda value: isinstance(value, Mapping), "a dict")
SWITCH: Kind = (lambda value: isinstance(value, bool), "True or False")
WHOLE: Kind = (_whole, "a whole number above 0")
HOLD_DAYS: Kind = (
    lambda value: value is None or (_whole(value) and value <= A_YEAR),
    "a whole number of days, a year at most, or None while Canada Post has suspended it",
)
COUNT: Kind = (_count, "a whole number, 0 or more")
PROXIES: Kind = (lambda value: value is None or _count(value), "a whole number, 0 or more, or None")
SECONDS: Kind = (_seconds, "a number of seconds greater than 0")
LADDER: Kind = (_ladder, "a tuple of seconds, each 0 or more, the last above 0")
SITE: Kind = (_site, "an address such as https://shop.example.com, or empty")
ADDRESSES: Kind = (_addresses, "a tuple of e-mail addresses")
TIME_OR_NONE: Kind = (
    lambda value: value is None or _time_of_day(value),
    "a time of day written “HH:MM”, such as “07:00”, or None",
)
ZONE: Kind = (_zone, "the name of a time zone, such as “America/Toronto”, or empty")
TIME_OF_DAY: Kind = (_time_of_day, "a time of day written “HH:MM”, such as “17:00”")
WEEK_DAYS: Kind = (_week_days, "a tuple of days of the week, 1 for Monday to 7 for Sunday")
DURATION: Kind = (_duration, "a datetime.timedelta above 0, 100 years at most")
# People are told of these in days.
IN_DAYS: Kind = (
    lambda value: _duration(value) and value.days > 0,
    "a datetime.timedelta of a day or more, 100 years at most",
)

# Settings that are dicts of keys of ours; the keys of SHIPPING_SYSTEMS are the shop's.
SECTIONS = ("CANADA_POST", "HANDOFF", "PARCEL_WEBHOOK", "TELL", "BUYER_MAY")
# Nobody but the shop knows these.
NO_DEFAULT: tuple[Path, ...] = tuple(
    ("CANADA_POST", key)
    for key in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD", "CUSTOMER_NUMBER", "CONTRACT_ID")
)

# What holds a secret, and what may hold one somewhere in it.
SECRET: tuple[Path, ...] = (
    ("CANADA_POST",),
    ("SHIPPING_SYSTEMS",),
    ("PARCEL_WEBHOOK",),
    *(("CANADA_POST", key) for key in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD")),
)
SHOWN_AT_MOST = 60

# Most are of the kind of their default; these say more, or have none.
BY_DEFAULT: Sequence[tuple[type, Kind]] = (
    (bool, SWITCH),
    (str, TEXT),
    (Mapping, MAPPING),
    (timedelta, DURATION),
    (int, COUNT),
    (float, SECONDS),
)
OTHERWISE: Mapping[Path, Kind] = {
    ("CANADA_POST", "GROUP_PREFIX"): PREFIX,
    ("TIME_ZONE",): ZONE,
    ("CUT_OFF",): TIME_OF_DAY,
    ("DEPOSIT_DAYS",): WEEK_DAYS,
    ("TRUSTED_PROXIES",): PROXIES,
    ("OFFICES_PER_PAGE",): WHOLE,
    ("HOLD_DAYS",): HOLD_DAYS,
    ("SITE_URL",): SITE,
    ("CLERKS",): ADDRESSES,
    ("CHOOSE_AGAIN_LINK_LIFETIME",): IN_DAYS,
    ("RECIPIENT_LIFETIME",): IN_DAYS,
    ("MORNING_MAIL_AT",): TIME_OR_NONE,
    **{("HANDOFF", f"{name}_AFTER_SECONDS"): LADDER for name in ("LOOK_UP", "RETRY", "LABEL")},
}
# These have checks of their own.
NOT_HERE = (("ORDER_MODEL",), ("ORDER_ADAPTER",), ("PARCEL_WEBHOOK", "URL"), ("PARCEL_WEBHOOK", "SECRET"))


def _kinds(path: Path, defaults: Mapping[str, Any]) -> Iterator[tuple[Path, Kind]]:
    for key, default in defaults.items():
        if (*path, key) not in NOT_HERE:
            by_default = (kind for of, kind in BY_DEFAULT if isinstance(default, of))
            yield (*path, key), OTHERWISE.get((*path, key)) or next(by_default)
        if key in SECTIONS:
            yield from _kinds((*path, key), default)


KINDS: Mapping[Path, Kind] = dict(_kinds((), DEFAULTS))


def _written(path: Path) -> Any:
    """Return what the shop wrote at ``path``; raises KeyError when it wrote nothing there."""
    value: Any = user_settings()
    for key in path:
        if not isinstance(value, Mapping):
            raise KeyError(key)
        value = value[key]
    return value


def is_right(*path: str) -> bool:
    """Say whether the value at ``path`` is of its kind, so that other checks may read it. A default always is."""
    try:
        return KINDS[path][0](_written(path)) and (len(path) == 1 or is_right(*path[:-1]))
    except KeyError:
        return len(path) == 1 or is_right(*path[:-1])


def check_settings(**_kwargs: object) -> list[CheckMessage]:
    """Check that DELIVER_TO_PO is a dict whose keys are known and whose values are of the right kind."""
    if not isinstance(getattr(settings, SETTING, None), Mapping):
        return [
            error(
                1,
                f"The setting {SETTING} is missing or is not a dict.",
                f"Add to your settings: {FIRST_LINE}, and what “manage.py check” asks for after that.",
            )
        ]
    return [*_unknown_keys((), user_settings(), DEFAULTS), *_wrong_kinds()]


def _unknown_keys(path: Path, written: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[CheckMessage]:
    for key, value in written.items():
        if key not in known:
            setting = setting_name(*path, str(key))
            yield error(2, f"{setting}: there is no such setting.", _where_it_belongs(path, str(key), known))
        elif key in SECTIONS and isinstance(value, Mapping):
            yield from _unknown_keys((*path, key), value, known[key])


def _where_it_belongs(path: Path, name: str, known: Mapping[str, Any]) -> str:
    """Return what to write instead of ``name``: a key of the same dict, else of another one of ours."""
    levels: dict[Path, dict[str, Any]] = {(): DEFAULTS, **{(section,): DEFAULTS[section] for section in SECTIONS}}
    elsewhere = {key: level for level, keys in levels.items() for key in keys if level != path}
    if (level := elsewhere.get(name.upper())) is not None:
        return f"It belongs in {setting_name(*level)}."
    if not nearest(name, known) and (found := nearest(name, elsewhere)):
        return f"Did you mean “{setting_name(*elsewhere[found], found)}”?"
    return did_you_mean(name, known)


def _wrong_kinds() -> Iterator[CheckMessage]:
    for path, (fits, kind) in KINDS.items():
        setting = setting_name(*path)
        try:
            value = _written(path)
        except KeyError:
            continue
        if not fits(value):
            value = f"of type {type(value).__name__}" if _may_be_secret(path, value) else _shortened(value)
            yield error(3, f"{setting} must be {kind}; it is {value}.", _hint(path))


def _may_be_secret(path: Path, value: Any) -> bool:
    return path in SECRET and not (value is None or isinstance(value, bool | int | float))


def _shortened(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= SHOWN_AT_MOST else f"{shown[:SHOWN_AT_MOST]}…"


def _hint(path: Path) -> str:
    if path not in NO_DEFAULT:
        return "Correct it, or leave it out to use the default."
    return (
        f'It has no default. Where it comes from the environment, os.environ.get("CANADA_POST_{path[-1]}", "") is a '
        "text even when the variable is not set."
    )
