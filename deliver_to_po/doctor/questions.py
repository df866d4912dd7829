"""The questions that the doctor asks Canada Post. They all only read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.canadapost.portal.auth import OPERATION as TOKEN
from deliver_to_po.canadapost.types import NearPostalCode, Parcel, PostOffice, Rate, RateRequest
from deliver_to_po.conf import CanadaPostSettings
from deliver_to_po.doctor.advice import finding_of_error
from deliver_to_po.doctor.finding import Finding, Verdict
from deliver_to_po.doctor.listening import Heard
from deliver_to_po.wording import money

OPTION = "D2PO"
# A group without shipments: to ask for it shows whether the account may ask for shipments at all.
NO_SUCH_GROUP = "d2po-doctor"
PARCEL = Parcel(weight_kg=Decimal(1), length_cm=Decimal(30), width_cm=Decimal(20), height_cm=Decimal(10))


@dataclass(frozen=True, slots=True)
class Connection:
    """What is examined: a client and its settings, with two postal codes to ask about and the answers heard so far.

    Post offices are looked for near ``postal_code``; parcels leave from ``origin``.
    """

    client: CanadaPost
    settings: CanadaPostSettings
    postal_code: str
    origin: str
    heard: Sequence[Heard]


def contact(connection: Connection) -> tuple[list[Finding], bool]:
    """Return findings about reaching Canada Post, credentials and offices, and whether asking more makes sense."""
    error: errors.CanadaPostError | None = None
    offices: list[PostOffice] = []
    try:
        offices = connection.client.find_offices(NearPostalCode(connection.postal_code))
    except errors.CanadaPostError as raised:
        error = raised
    if not connection.heard:
        return [_not_reached(connection, error)], False
    refuses_all = error is not None and _refuses_everything(connection, error)
    found = [_reached(connection), _credentials(connection, error if refuses_all else None)]
    if not refuses_all:
        found += _offices(connection, offices, error)
    return found, not refuses_all


def _not_reached(connection: Connection, error: errors.CanadaPostError | None) -> Finding:
    todo = _("Look whether this machine may open https connections to that host, through whatever firewall there is.")
    return finding_of_error(
        _("Connection"), error or errors.Unavailable("find post offices"), connection.settings, todo=todo
    )


def _reached(connection: Connection) -> Finding:
    says = _("Canada Post answers, in %(seconds)s s") % {"seconds": number_format(connection.heard[0].seconds, 2)}
    return Finding(_("Connection"), Verdict.OK, says)


def _refuses_everything(connection: Connection, error: errors.CanadaPostError) -> bool:
    """Say whether every question will be refused, because there is no token or the key is not accepted."""
    if connection.settings.api == "portal":
        return error.operation == TOKEN
    return isinstance(error, errors.CredentialsRefused)


def _credentials(connection: Connection, error: errors.CanadaPostError | None) -> Finding:
    subject = _("Credentials")
    portal = connection.settings.api == "portal"
    if error is None:
        says = _("Canada Post gave a token") if portal else _("Canada Post knows the API key")
        return Finding(subject, Verdict.OK, says)
    if not isinstance(error, errors.CredentialsRefused):
        return finding_of_error(subject, error, connection.settings)
    todo = _("Copy CLIENT_ID and CLIENT_SECRET anew from your application in Canada Post's developer portal.")
    if not portal:
        todo = _(
            "Copy USERNAME and PASSWORD anew from your API key at Canada Post; the sandbox has a key of its own, which "
            "goes with LIVE off."
        )
    return finding_of_error(subject, error, connection.settings, todo=todo)


def _offices(
    connection: Connection, found: Sequence[PostOffice], error: errors.CanadaPostError | None
) -> Iterator[Finding]:
    subject = _("Post offices near %(postal_code)s") % {"postal_code": display_postal_code(connection.postal_code)}
    if error is not None:
        yield finding_of_error(subject, error, connection.settings)
        return
    if not found:
        says = _("Canada Post offers none there")
        yield Finding(subject, Verdict.NOTE, says, _('Try a postal code in a town: --near "K1A 0B1".'))
        return
    count = ngettext("%(count)d takes parcels", "%(count)d take parcels", len(found)) % {"count": len(found)}
    yield Finding(
        subject, Verdict.OK, _("%(count)s; the nearest is %(name)s") % {"count": count, "name": found[0].name}
    )
    yield _hours(connection, found[0])


def _hours(connection: Connection, office: PostOffice) -> Finding:
    subject = _("Opening hours")
    try:
        hours = connection.client.office(office.office_id).hours
    except errors.CanadaPostError as error:
        return finding_of_error(subject, error, connection.settings)
    if hours is None or not hours.days:
        return Finding(subject, Verdict.NOTE, _("Canada Post gives none for the nearest post office"))
    return Finding(subject, Verdict.OK, _("Canada Post gives them for the nearest post office"))


def shipping(connection: Connection) -> Finding:
    """Return whether this account may use the shipping API. No shipment is made."""
    subject = _("Access to shipping")
    can = connection.client.capabilities
    try:
        if can.manifests:
            connection.client.groups()
        elif can.find_by_group:
            connection.client.find_by_group(NO_SUCH_GROUP)
        else:
            says = _("without a contract this cannot be known before the first shipment")
            return Finding(subject, Verdict.NOT_ASKED, says)
    except errors.CanadaPostError as error:
        return finding_of_error(subject, error, connection.settings)
    return Finding(subject, Verdict.OK, _("this account may ask for its shipments"))


def option(connection: Connection) -> Finding:
    """Return whether Canada Post offers the option."""
    subject = _("Deliver to Post Office")
    try:
        info = connection.client.option(OPTION)
    except errors.CanadaPostError as error:
        return finding_of_error(subject, error, connection.settings)
    names = {"code": info.code, "conflicts": ", ".join(info.conflicts) or "–"}
    return Finding(subject, Verdict.OK, _("offered as option %(code)s; does not go with: %(conflicts)s") % names)


def prices(connection: Connection) -> Finding:
    """Return whether this account gets a price for a parcel of 1 kg to a post office."""
    subject = _("Prices")
    try:
        found = connection.client.rates(RateRequest(connection.origin, connection.postal_code, PARCEL))
    except errors.CanadaPostError as error:
        return finding_of_error(subject, error, connection.settings)
    if not found:
        says = _("Canada Post gives no price to this account")
        todo = _("Compare CUSTOMER_NUMBER and CONTRACT_ID with your agreement: without one there are no prices.")
        return Finding(subject, Verdict.WRONG, says, todo)
    return Finding(subject, Verdict.OK, "; ".join(map(_price, found)))


def _price(rate: Rate) -> str:
    return _("%(service)s %(price)s") % {"service": rate.service_name or rate.service, "price": money(rate.due)}


def outages(connection: Connection) -> Iterator[Finding]:
    """Yield the outages that Canada Post has announced."""
    subject = _("Outages")
    if not connection.client.capabilities.outages:
        yield Finding(subject, Verdict.NOT_ASKED, _("this API does not tell"))
        return
    try:
        found = connection.client.outages()
    except errors.CanadaPostError as error:
        # Only a note: nobody has seen a real answer yet, and nothing else depends on this one.
        failed = finding_of_error(subject, error, connection.settings)
        yield Finding(subject, Verdict.NOTE, failed.says, failed.todo)
        return
    for outage in found:
        times = {
            "starts": date_format(timezone.localtime(outage.starts_at), "SHORT_DATETIME_FORMAT"),
            "ends": date_format(timezone.localtime(outage.ends_at), "SHORT_DATETIME_FORMAT"),
            "text": outage.text,
        }
        yield Finding(subject, Verdict.NOTE, _("%(starts)s to %(ends)s: %(text)s") % times)
    if not found:
        yield Finding(subject, Verdict.OK, _("none is announced"))
