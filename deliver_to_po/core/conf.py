"""The settings of a shop: one dict, ``DELIVER_TO_PO``, read lazily, one typed property each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias, cast

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

Release: TypeAlias = Literal["on_placing", "when_paid", "by_merchant"]


def user_settings() -> Mapping[str, Any]:
    """Return what the shop wrote, without defaults; nothing where it wrote no dict, which ``check`` then says."""
    written = getattr(settings, SETTING, None)
    return written if isinstance(written, Mapping) else {}


def _read(key: str) -> Any:
    return user_settings().get(key, DEFAULTS[key])


def _switched_on(section: str) -> frozenset[str]:
    return frozenset(key for key, wanted in {**DEFAULTS[section], **_read(section)}.items() if wanted)


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


@dataclass(frozen=True, slots=True)
class CanadaPostSettings:
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
        return replace(
            self,
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


class AppSettings:
    """Every setting but ORDER_MODEL, typed; read again each time, so that tests may override them."""

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

    @property
    def order_adapter(self) -> str | None:
        """Return the dotted path of the shop's adapter class."""
        return cast("str | None", _read("ORDER_ADAPTER"))

    @property
    def checkout_tests(self) -> str:
        """Return the dotted path of the class that tests the shop's own checkout, ``""`` for none."""
        return str(_read("CHECKOUT_TESTS"))

    @property
    def shipping_systems(self) -> Mapping[str, Mapping[str, Any]]:
        """Return alias → {"BACKEND": …, "OPTIONS": …}."""
        return cast("Mapping[str, Mapping[str, Any]]", _read("SHIPPING_SYSTEMS"))

    @property
    def release(self) -> Release:
        return cast("Release", _read("RELEASE"))

    @property
    def time_zone(self) -> str:
        """Return the name of the zone that the shop's day is counted in, ``""`` for Django's TIME_ZONE."""
        return str(_read("TIME_ZONE"))

    @property
    def cut_off(self) -> time:
        """Return until when a parcel that is released is deposited the same day, in the shop's time zone."""
        return time.fromisoformat(_read("CUT_OFF"))

    @property
    def deposit_days(self) -> frozenset[int]:
        """Return the days of the week on which parcels are deposited, Monday being 1."""
        return frozenset(_read("DEPOSIT_DAYS"))

    @property
    def base_template(self) -> str:
        return cast("str", _read("BASE_TEMPLATE"))

    @property
    def draft_lifetime(self) -> timedelta:
        return cast("timedelta", _read("DRAFT_LIFETIME"))

    @property
    def cache(self) -> str:
        return cast("str", _read("CACHE"))

    @property
    def search_cache_lifetime(self) -> timedelta:
        """Return how long an answer counts as fresh."""
        return cast("timedelta", _read("SEARCH_CACHE_LIFETIME"))

    @property
    def search_stale_lifetime(self) -> timedelta:
        """Return how long an answer is kept for when Canada Post cannot be asked; never shorter than fresh."""
        return max(cast("timedelta", _read("SEARCH_STALE_LIFETIME")), self.search_cache_lifetime)

    @property
    def office_lifetime(self) -> timedelta:
        """Return how long an office that Canada Post offered may be found and chosen while it cannot be asked."""
        return cast("timedelta", _read("OFFICE_LIFETIME"))

    @property
    def searches_per_visitor_per_minute(self) -> int:
        """Return how many questions to Canada Post one visitor may cause in a minute, 0 for no limit."""
        return int(_read("SEARCHES_PER_VISITOR_PER_MINUTE"))

    @property
    def trusted_proxies(self) -> int | None:
        """Return how many proxies of the shop add to X-Forwarded-For, None when nobody has said."""
        return cast("int | None", _read("TRUSTED_PROXIES"))

    @property
    def search_timeout_seconds(self) -> float:
        """Return how long a buyer's search may take in all."""
        return float(_read("SEARCH_TIMEOUT_SECONDS"))

    @property
    def offices_per_page(self) -> int:
        return int(_read("OFFICES_PER_PAGE"))

    @property
    def map_open_at_start(self) -> bool:
        """Say whether the map, and with it the tile host, is asked for without a press."""
        return bool(_read("MAP_OPEN_AT_START"))

    @property
    def tracking(self) -> bool:
        return bool(_read("TRACKING"))

    @property
    def days_from_own_parcels(self) -> bool:
        """Say whether buyers are told a later day than Canada Post's where the shop's own parcels were ready later."""
        return bool(_read("DAYS_FROM_OWN_PARCELS"))

    @property
    def numbers_by_reference(self) -> bool:
        """Say whether Canada Post is asked for the tracking numbers of parcels that another program shipped."""
        return bool(_read("NUMBERS_BY_REFERENCE"))

    @property
    def hold_days(self) -> int | None:
        """Return how many days after its arrival a post office holds a parcel, None while that is suspended."""
        return cast("int | None", _read("HOLD_DAYS"))

    @property
    def parcel_webhook(self) -> Mapping[str, Any]:
        """Return where and with which secrets another system is told of parcels that moved; an empty URL is nowhere."""
        return {**DEFAULTS["PARCEL_WEBHOOK"], **_read("PARCEL_WEBHOOK")}

    @property
    def privacy_officer(self) -> str:
        """Return whom a buyer writes to for access and correction."""
        return str(_read("PRIVACY_OFFICER"))

    @property
    def refund_email(self) -> str:
        """Return the shop's e-mail address to which a shipping system answers refunds, ``""`` for none."""
        return str(_read("REFUND_EMAIL"))

    @property
    def site_url(self) -> str:
        """Return where the shop is, such as ``https://shop.example.com``, for links in e-mails; ``""`` when not set."""
        return str(_read("SITE_URL")).rstrip("/")

    @property
    def choose_again_link_lifetime(self) -> timedelta:
        """Return how long a link to choose a post office again works."""
        return cast("timedelta", _read("CHOOSE_AGAIN_LINK_LIFETIME"))

    @property
    def notices(self) -> bool:
        """Say whether we write to buyers; where not, the shop does when it gets the signal ``notice``."""
        return bool(_read("NOTICES"))

    @property
    def tell(self) -> frozenset[str]:
        """Return what people are told of: the keys of TELL that are on."""
        return _switched_on("TELL")

    @property
    def buyer_may(self) -> frozenset[str]:
        """Return what a buyer may do after the order, on its page: the keys of BUYER_MAY that are on."""
        return _switched_on("BUYER_MAY")

    @property
    def clerks(self) -> tuple[str, ...]:
        """Return the e-mail addresses of those who are told when a buyer has not answered."""
        return tuple(_read("CLERKS"))

    @property
    def morning_mail_at(self) -> time | None:
        """Return from when on the clerks get their morning mail, in the shop's time zone; None for never."""
        written = _read("MORNING_MAIL_AT")
        return None if written is None else time.fromisoformat(written)

    @property
    def recipient_lifetime(self) -> timedelta:
        """Return how long a recipient is kept after the delivery is over."""
        return cast("timedelta", _read("RECIPIENT_LIFETIME"))

    @property
    def export_lifetime(self) -> timedelta:
        """Return how long the file of an export is kept, so that it can be downloaded again."""
        return cast("timedelta", _read("EXPORT_LIFETIME"))

    @property
    def manifest_lifetime(self) -> timedelta:
        """Return how long after the transmission a manifest's file is kept."""
        return cast("timedelta", _read("MANIFEST_LIFETIME"))


app_settings = AppSettings()
