"""A shipping system behind a webhook: a parcel is posted to it as signed JSON, and it reports what became of it."""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.cache import BaseCache
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.calling.transport import Timeouts, Transport
from deliver_to_po.canadapost.errors import Unavailable, UnknownOutcome, Unreadable
from deliver_to_po.core import shared_cache
from deliver_to_po.core.choices import Reason
from deliver_to_po.core.conf import SETTING
from deliver_to_po.core.hosts import is_loopback
from deliver_to_po.shipping.answers import Handed, Made, NotYet, Refused, ShipmentRequest, Unknown
from deliver_to_po.shipping.base import ShippingSystem
from deliver_to_po.shipping.objections import objection_to
from deliver_to_po.shipping.promised_labels import OPTION, OPTION_NAMES, fault_of_switch, has_shown_a_label
from deliver_to_po.shipping.reports import TakesReports
from deliver_to_po.shipping.signing import Signer, fault_of
from deliver_to_po.shipping.webhook_messages import body_of, meaning_of

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 20.0
# Less than a third of the shortest lease that is of use.
LONGEST_SECONDS = 30.0
# How long nobody else is sent to a receiver that said that nothing is taken there.
GONE_FOR_SECONDS = 600


class Webhook(ShippingSystem, TakesReports):
    """Posts each parcel to the shop's own receiver, which makes the shipment and reports numbers, label or failure.

    The receiver knows a parcel by ``webhook-id``, which is its request id: the same is sent until it is answered, and
    makes nothing twice. See docs/how-to/webhook-receiver.md for what is sent and how answers are read.
    """

    name = _("Webhook")
    has_labels = False
    option_names = {
        "URL": "Where parcels are posted: https, or http on this machine.",
        "SECRET": "“whsec_” and 24 to 64 bytes in base64, or a list of such secrets while one is changed.",
        **OPTION_NAMES,
        "TOTAL_TIMEOUT_SECONDS": "How long one call may take, 30 at most; 20 if left out.",
    }
    takes_repeated_ids = True

    def __init__(self, alias: str, options: Mapping[str, Any]):
        """Keep alias and options; raises ImproperlyConfigured for one with which nothing may be sent."""
        super().__init__(alias, options)
        for option, fault in faults_of(options):
            raise ImproperlyConfigured(f'{SETTING}["SHIPPING_SYSTEMS"]["{alias}"]["OPTIONS"]["{option}"] {fault}.')
        self.supports_d2po = has_shown_a_label(alias, options)
        self._url = str(options["URL"])
        host = urlsplit(self._url).hostname or ""
        self.gives_to = "" if is_loopback(host) else host
        total = float(options.get("TOTAL_TIMEOUT_SECONDS", TOTAL_SECONDS))
        self._transport = Transport(self._url, Timeouts(min(CONNECT_SECONDS, total), total, total))
        self._signer = Signer(secrets_in(options["SECRET"]))

    def has_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        return self._signer.has_signed(headers, body)

    def objection(self, request: ShipmentRequest) -> Refused | None:
        return objection_to(request)

    def obstacle(self, *, live: bool) -> NotYet | None:
        """Return that the receiver said lately that nothing is taken under its address."""
        gone = shared_cache.with_cache(lambda cache: cache.get(self._key), None)
        return NotYet(reason=Reason.RECEIVER_GONE, seconds=GONE_FOR_SECONDS) if gone else None

    def create(self, request: ShipmentRequest) -> Handed | Made | NotYet | Refused | Unknown:
        if obstacle := self.obstacle(live=request.live):
            return obstacle
        body = body_of(request)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers |= self._signer.headers(request.request_id, body)
        try:
            answer = self._transport.call("webhook", "POST", self._url, headers=headers, repeatable=False, body=body)
        except Unavailable as error:
            return NotYet(said=error.why, status=error.status)
        except (UnknownOutcome, Unreadable) as error:
            return Unknown(said=error.why, status=error.status)
        meaning = meaning_of(answer)
        if isinstance(meaning, NotYet) and meaning.reason == Reason.RECEIVER_GONE:
            shared_cache.with_cache(self._remember_that_it_is_gone, None)
        return meaning

    @property
    def _key(self) -> str:
        return f"deliver_to_po.webhook.gone.{hashlib.sha256(self._url.encode()).hexdigest()}"

    def _remember_that_it_is_gone(self, cache: BaseCache) -> None:
        cache.set(self._key, True, GONE_FOR_SECONDS)


def secrets_in(option: Any) -> Sequence[str]:
    """Return the secrets that an option names, the one that is used first."""
    return option if isinstance(option, list | tuple) else [option]


def faults_of(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each option that is wrong and what is wrong with it, in English; never a word of a secret."""
    checks = {"URL": _fault_of_url, "SECRET": _fault_of_secrets}
    checks |= {OPTION: fault_of_switch, "TOTAL_TIMEOUT_SECONDS": _fault_of_seconds}
    for option, fault_in in checks.items():
        if option not in options:
            fault = "is missing" if option in ("URL", "SECRET") else ""
        else:
            fault = fault_in(options[option])
        if fault:
            yield option, fault


def _fault_of_url(url: Any) -> str:
    parts = _split(url) if isinstance(url, str) and url.isascii() and url.isprintable() else None
    host = parts.hostname if parts else None
    if not parts or not host or parts.scheme not in ("http", "https"):
        return "is no address such as “https://parcels.example.com/d2po”"
    if "@" in parts.netloc:
        return "holds a user name: the secret is what proves who sends"
    if parts.scheme == "http" and not is_loopback(host):
        return "is not https: recipients would cross the network for everybody to read"
    return ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _fault_of_secrets(option: Any) -> str:
    secrets = secrets_in(option)
    return next(filter(None, map(fault_of, secrets)), "") if secrets else "is an empty list"


def _fault_of_seconds(option: Any) -> str:
    is_number = isinstance(option, int | float) and not isinstance(option, bool) and math.isfinite(option)
    return "" if is_number and 0 < option <= LONGEST_SECONDS else f"is no number up to {LONGEST_SECONDS:g}"
