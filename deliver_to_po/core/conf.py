"""The settings of a shop: one dict, ``DELIVER_TO_PO``, read lazily, each with its type."""

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from functools import lru_cache, partial
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from deliver_to_po.core.defaults import DEFAULTS
from deliver_to_po.core.hosts import host_of, is_loopback

SETTING = "DELIVER_TO_PO"
PORTAL_URL = "https://api.canadapost-postescanada.ca/prod/devportal-portaildesdeveloppeurs"
# The XML API has a sandbox of its own, where nothing is real; at the portal the credentials make that difference.
WEB_SERVICES_URL = "https://soa-gw.canadapost.ca"
WEB_SERVICES_SANDBOX_URL = "https://ct.soa-gw.canadapost.ca"
APIS = ("portal", "webservices")
# What a shipment keeps beside its API if it is made without a contract.
BY_CARD = " by card"
LABEL_FORMATS = ("PDF 4x6", "PDF 8.5x11", "ZPL 4x6")
LABEL_STORAGE = "deliver_to_po"

T = TypeVar("T")
Release: TypeAlias = Literal["on_placing", "when_paid", "by_merchant"]


def user_settings() -> Mapping[str, Any]:
    """Return what the shop wrote, without defaults; nothing if it wrote no dict, which ``check`` then says."""
    written = getattr(settings, SETTING, None)
    return written if isinstance(written, Mapping) else {}


def _read(key: str) -> Any:
    return user_settings().get(key, DEFAULTS[key])


def _switched_on(section: str, written: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(key for key, wanted in {**DEFAULTS[section], **written}.items() if wanted)


def order_model() -> str:
    """Return the label of the shop's order model; raises ImproperlyConfigured when it is not set.

    Our models need it when they are imported, which is before any check can run: so this says the fix itself.
    """
    label = user_settings().get("ORDER_MODEL")
    if not isinstance(label, str) or label.count(".") != 1:
        raise ImproperlyConfigured(
            f'{SETTING}["ORDER_MODEL"] must name the model of your orders as "app_label.Model", not {label!r}. '
            f'Put into your settings, with your own names: {SETTING} = {{"ORDER_MODEL": "shop.Order", "ORDER_ADAPTER": '
            '"shop.post_offices.ShopAdapter"}; "manage.py check" then names what else is missing.'
        )
    return label


class CanadaPostSettings(NamedTuple):
    """How to reach Canada Post, and who pays."""

    api: str
    base_url: str
    client_id: str
    client_secret: str
    username: str
    password: str
    customer_number: str
    mobo: str
    contract_id: str
    without_contract: bool
    group_prefix: str | None
    label_format: str
    live: bool
    connect_timeout_seconds: float
    read_timeout_seconds: float
    total_timeout_seconds: float
    calls_per_minute: int
    tracking_calls_per_minute: int

    def __repr__(self) -> str:
        return f"CanadaPostSettings(base_url={self.base_url!r}, live={self.live})"

    @property
    def environment(self) -> str:
        """Return where answers come from; offices seen in one environment never count in another."""
        return f"{'live' if self.live else 'test'} {self.base_url}"

    @property
    def spoken(self) -> str:
        """Return what a shipment keeps of how it is made: the API, and whether without a contract."""
        return self.api + (BY_CARD if self.without_contract else "")

    def speaking(self, spoken: str) -> "CanadaPostSettings":
        """Return the same settings as a shipment was made with: through another API, or with a contract or without.

        A BASE_URL belongs to its own API; only the emulator speaks both at one address. ``""`` means as it is now.
        """
        if spoken in ("", self.spoken):
            return self
        api = spoken.removesuffix(BY_CARD)
        stays = api == self.api or is_loopback(host_of(self.base_url))
        return self._replace(
            api=api,
            without_contract=spoken.endswith(BY_CARD),
            base_url=self.base_url if stays else own_url(api, live=self.live),
        )


def own_url(api: str, *, live: bool) -> str:
    """Return Canada Post's own address of an API."""
    if api == "webservices":
        return WEB_SERVICES_URL if live else WEB_SERVICES_SANDBOX_URL
    return PORTAL_URL


class HandoffSettings(NamedTuple):
    """How patient the hand-off is, in seconds."""

    lease_seconds: float
    look_up_after_seconds: tuple[float, ...]
    retry_after_seconds: tuple[float, ...]
    label_after_seconds: tuple[float, ...]
    give_up_after: timedelta


def _canada_post(written: tuple[tuple[str, Any], ...]) -> CanadaPostSettings:
    values = {**DEFAULTS["CANADA_POST"], **dict(written)}
    values["BASE_URL"] = values["BASE_URL"] or own_url(values["API"], live=values["LIVE"])
    return CanadaPostSettings(**{key.lower(): value for key, value in values.items() if key in DEFAULTS["CANADA_POST"]})


# Each page of the step looks at them several times. What the shop wrote is compared, so that tests may override it.
_kept_canada_post = lru_cache(maxsize=16)(_canada_post)


class Setting(Generic[T]):
    """One key, named as the attribute is in capitals: read again each time, so that tests may override it."""

    def __init__(self, read: Callable[[Any], T] | None = None):
        self._read = read

    def __set_name__(self, _owner: type, name: str) -> None:
        self._key = name.upper()

    def __get__(self, _instance: object, _owner: type) -> T:
        written: T = _read(self._key)
        return written if self._read is None else self._read(written)


class AppSettings:
    """Every setting but ORDER_MODEL, typed."""

    @property
    def canada_post(self) -> CanadaPostSettings:
        written = tuple(_read("CANADA_POST").items())
        try:
            return _kept_canada_post(written)
        except TypeError:
            # A list or the like, which ``check`` then says, cannot be compared.
            return _canada_post(written)

    @property
    def handoff(self) -> HandoffSettings:
        values = {**DEFAULTS["HANDOFF"], **_read("HANDOFF")}
        return HandoffSettings(**{key.lower(): value for key, value in values.items() if key in DEFAULTS["HANDOFF"]})

    # Dotted paths: of the shop's adapter class, and of the class that tests its own checkout, "" for none.
    order_adapter = Setting[str | None]()
    checkout_tests = Setting(str)
    # Alias → {"BACKEND": …, "OPTIONS": …}.
    shipping_systems = Setting[Mapping[str, Mapping[str, Any]]]()
    release = Setting[Release]()
    # The zone that the shop's day is counted in, "" for Django's TIME_ZONE.
    time_zone = Setting(str)
    # Until when a parcel that is released is deposited the same day, in the shop's time zone.
    cut_off = Setting(time.fromisoformat)
    # Monday is 1.
    deposit_days = Setting[frozenset[int]](frozenset)
    base_template = Setting[str]()
    draft_lifetime = Setting[timedelta]()
    cache = Setting[str]()
    # How long an answer counts as fresh.
    search_cache_lifetime = Setting[timedelta]()

    @property
    def search_stale_lifetime(self) -> timedelta:
        """Return how long an answer is kept for when Canada Post cannot be asked; never shorter than fresh."""
        kept: timedelta = _read("SEARCH_STALE_LIFETIME")
        return max(kept, self.search_cache_lifetime)

    # How long an office that Canada Post offered may be found and chosen while it cannot be asked.
    office_lifetime = Setting[timedelta]()
    # How many questions to Canada Post one visitor may cause in a minute, 0 for no limit.
    searches_per_visitor_per_minute = Setting(int)
    # How many proxies of the shop add to X-Forwarded-For, None when nobody has said.
    trusted_proxies = Setting[int | None]()
    # How long a buyer's search may take in all.
    search_timeout_seconds = Setting(float)
    offices_per_page = Setting(int)
    # Whether the map, and with it the tile host, is asked for without a press.
    map_open_at_start = Setting(bool)
    tracking = Setting(bool)
    # Whether buyers are told a later day than Canada Post's where the shop's own parcels were ready later.
    days_from_own_parcels = Setting(bool)
    # Whether Canada Post is asked for the tracking numbers of parcels that another program shipped.
    numbers_by_reference = Setting(bool)
    # How many days after its arrival a post office holds a parcel, None while that is suspended.
    hold_days = Setting[int | None]()
    # Where and with which secrets another system is told of parcels that moved; an empty URL is nowhere.
    parcel_webhook = Setting[Mapping[str, Any]](lambda written: {**DEFAULTS["PARCEL_WEBHOOK"], **written})
    # Whom a buyer writes to for access and correction.
    privacy_officer = Setting(str)
    # The shop's e-mail address to which a shipping system answers refunds, "" for none.
    refund_email = Setting(str)
    # Where the shop is, such as https://shop.example.com, for links in e-mails; "" when not set.
    site_url = Setting[str](lambda written: str(written).rstrip("/"))
    # How long a link to choose a post office again works.
    choose_again_link_lifetime = Setting[timedelta]()
    # Whether we write to buyers; where not, the shop does when it gets the signal ``notice``.
    notices = Setting(bool)
    # What people are told of, and what a buyer may do after the order on its page: the keys that are on.
    tell = Setting(partial(_switched_on, "TELL"))
    buyer_may = Setting(partial(_switched_on, "BUYER_MAY"))
    # The e-mail addresses of those who are told when a buyer has not answered.
    clerks = Setting[tuple[str, ...]](tuple)
    # From when on the clerks get their morning mail, in the shop's time zone; None for never.
    morning_mail_at = Setting[time | None](lambda written: None if written is None else time.fromisoformat(written))
    # How long a recipient is kept after the delivery is over.
    recipient_lifetime = Setting[timedelta]()
    # How long the file of an export is kept, so that it can be downloaded again.
    export_lifetime = Setting[timedelta]()
    # How long after the transmission a manifest's file is kept.
    manifest_lifetime = Setting[timedelta]()


app_settings = AppSettings()
