"""What to do about each error. It depends on what was tried: nobody is sent where the doctor has just been."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.portal.auth import OPERATION as TOKEN
from deliver_to_po.core.carrier import HostKind, host_kind
from deliver_to_po.core.conf import CanadaPostSettings, own_url
from deliver_to_po.core.hosts import host_of

NOT_FOUND = 404
AS_PRINTED = gettext_lazy("Compare your settings with what the emulator printed when it started.")


class Asked(NamedTuple):
    """What the doctor tried: with which settings, keeping a record or not, and whether Canada Post knows us by now."""

    settings: CanadaPostSettings
    recording: bool = False
    known: bool = False

    @property
    def portal(self) -> bool:
        return self.settings.api == "portal"

    @property
    def kind(self) -> HostKind:
        """Return what stands at the host it asked."""
        return host_kind(self.settings)

    @property
    def emulator(self) -> bool:
        return self.kind == HostKind.LOOPBACK

    @property
    def own_address(self) -> bool:
        """Say whether it asked at Canada Post's own address, the one without a BASE_URL."""
        return _place(self.settings.base_url) == _place(own_url(self.settings.api, live=self.settings.live))


def remedy(error: errors.CanadaPostError, asked: Asked) -> str:
    if asked.emulator and not isinstance(error, errors.NotReady | errors.Throttled):
        return _of_emulator(error, known=asked.known)
    return REMEDIES.get(type(error), _unavailable)(error, asked)


def _of_emulator(error: errors.CanadaPostError, *, known: bool) -> str:
    if isinstance(error, errors.Unavailable) and error.status is None:
        return _("Start the emulator: python -m deliver_to_po.emulator")
    if (error.status and error.status >= 500) or (known and isinstance(error, errors.CredentialsRefused)):
        return _("Look at the emulator’s page: somebody may have planned a fault.")
    return str(AS_PRINTED)


def no_office(near: str) -> str:
    """Return what to do when no office is near a postal code, written ``A9A9A9``."""
    other = "H2X 1Y4" if near == "K1A0B1" else "K1A 0B1"
    return _('Try a postal code in a town: --near "%(postal_code)s".') % {"postal_code": other}


def no_price(asked: Asked) -> str:
    """Return what to do when no service has a price."""
    if asked.emulator or asked.settings.without_contract:
        return remedy(errors.Refused("rates"), asked)
    return _(
        "Check CUSTOMER_NUMBER and CONTRACT_ID against your agreement. If you have none, set WITHOUT_CONTRACT to True."
    )


def web_page(asked: Asked) -> str:
    """Return what to do when a web page comes in place of an answer."""
    if asked.emulator:
        return str(AS_PRINTED)
    return _("Check whether a proxy, a firewall or a log-in page answers in place of Canada Post.")


def _credentials(_error: errors.CanadaPostError, asked: Asked) -> str:
    if asked.known:
        return _access(asked)
    if asked.portal:
        return _("Copy CLIENT_ID and CLIENT_SECRET again from your application in Canada Post’s developer portal.")
    if asked.kind == HostKind.SANDBOX:
        return _("Copy USERNAME and PASSWORD again from your key for the sandbox: production’s is not known there.")
    if asked.kind == HostKind.PRODUCTION:
        return _("Copy USERNAME and PASSWORD again from your key for production: the sandbox’s is not known there.")
    return _("Find out whether BASE_URL leads to the sandbox or to production: each has a key of its own.")


def _access(asked: Asked) -> str:
    """Return what to do when credentials are refused that were right a moment ago: one product is not open to them."""
    if asked.portal:
        return _("Subscribe your application to this product in Canada Post’s developer portal.")
    return _("Ask Canada Post whether your API key may use this service.")


def _not_entitled(error: errors.CanadaPostError, asked: Asked) -> str:
    if error.operation == TOKEN:
        return _("Check in Canada Post’s developer portal that your application is active.")
    if asked.settings.without_contract:
        return _account(error, asked)
    return _(
        "Check CUSTOMER_NUMBER, MOBO and CONTRACT_ID against your agreement. If they are right, ask Canada Post "
        "what your account lacks for Deliver to Post Office."
    )


def _account(_error: errors.CanadaPostError, asked: Asked) -> str:
    if asked.settings.without_contract:
        return _(
            "Check CUSTOMER_NUMBER against your account at Canada Post. If it is right, ask what the account lacks."
        )
    return _("Check CUSTOMER_NUMBER, MOBO and CONTRACT_ID against your agreement.")


def _not_found(error: errors.CanadaPostError, asked: Asked) -> str:
    if not asked.own_address:
        return _("Leave BASE_URL out: this API is not at that address.")
    return _report(error, asked)


def _not_ready(_error: errors.CanadaPostError, _asked: Asked) -> str:
    return _("Try again in a minute.")


def _throttled(error: errors.CanadaPostError, asked: Asked) -> str:
    if error.status is None:
        return _("Wait a minute, then run the doctor again.")
    if asked.settings.calls_per_minute:
        return _("Wait a minute. If this comes back, lower CALLS_PER_MINUTE.")
    if asked.emulator:
        return _("Wait a minute, or start the emulator without a limit on calls.")
    return _("Wait a minute. If this comes back, set CALLS_PER_MINUTE: 0 is no limit.")


def _unavailable(error: errors.CanadaPostError, asked: Asked) -> str:
    if error.status == NOT_FOUND:
        return _not_found(error, asked)
    if asked.kind in (HostKind.OTHER, HostKind.NONE):
        return _("Check that whatever is at BASE_URL works, or leave BASE_URL out to ask Canada Post itself.")
    if error.status is None:
        return _("Let this machine open https connections to Canada Post: a firewall may be in the way.")
    return _("Try again later: the trouble is on Canada Post’s side.")


def _report(_error: errors.CanadaPostError, asked: Asked) -> str:
    if asked.recording:
        return _("Send the recorded file to this project: it holds no data of yours.")
    return _("Run the doctor with --record FILE and send the file to this project: it holds no data of yours.")


def _place(url: str) -> tuple[str, str]:
    """Return host and path, so that spellings of the same address are equal."""
    rest = url.partition("://")[2].rstrip("/")
    return host_of(url), rest.partition("/")[2]


REMEDIES: Mapping[type[errors.CanadaPostError], Callable[[errors.CanadaPostError, Asked], str]] = {
    errors.CredentialsRefused: _credentials,
    errors.NotEntitled: _not_entitled,
    errors.Refused: _account,
    errors.InvalidRequest: _account,
    errors.NotFound: _not_found,
    errors.NotReady: _not_ready,
    errors.Throttled: _throttled,
    errors.Unavailable: _unavailable,
    errors.Unreadable: _report,
}
