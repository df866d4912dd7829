"""Builds the one Canada Post from settings and language."""

from functools import lru_cache
from urllib.parse import urlsplit

from django.core.signals import setting_changed

from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.portal.auth import Credentials, TokenSource
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.transport import Timeouts, Transport
from deliver_to_po.canadapost.types import Account, Language
from deliver_to_po.conf import PORTAL_URL, SETTING, CanadaPostSettings, app_settings


def canada_post(language: Language = "en", *, total_seconds: float | None = None) -> CanadaPost:
    """Return Canada Post in ``language``, with a total deadline per call of at most ``total_seconds``."""
    settings = app_settings.canada_post
    account = Account(settings.customer_number, settings.contract_id, settings.mobo)
    return PortalCanadaPost(_transport(settings).within(total_seconds), _tokens(settings), account, language)


def is_production(settings: CanadaPostSettings) -> bool:
    """Say whether the base URL lies on Canada Post's own host."""
    return urlsplit(settings.base_url).hostname == urlsplit(PORTAL_URL).hostname


@lru_cache(maxsize=4)
def _transport(settings: CanadaPostSettings) -> Transport:
    timeouts = Timeouts(settings.connect_timeout_seconds, settings.read_timeout_seconds, settings.total_timeout_seconds)
    return Transport(settings.base_url, timeouts)


@lru_cache(maxsize=4)
def _tokens(settings: CanadaPostSettings) -> TokenSource:
    return TokenSource(Credentials(settings.client_id, settings.client_secret))


def _forget(*, setting: str, **_: object) -> None:
    if setting == SETTING:
        _transport.cache_clear()
        _tokens.cache_clear()


setting_changed.connect(_forget)
