"""What the doctor asks Canada Post; every question only reads."""

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
from deliver_to_po.doctor.advice import wrong
from deliver_to_po.doctor.finding import Finding, Verdict
from deliver_to_po.doctor.hearing import Heard
from deliver_to_po.wording import money

OPTION = "D2PO"
# No shipment of ours is ever in it; asking for it shows whether the account may ask at all.
NO_SUCH_GROUP = "d2po-doctor"
PARCEL = Parcel(weight_kg=Decimal(1), length_cm=Decimal(30), width_cm=Decimal(20), height_cm=Decimal(10))


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom to ask, as whom, where, and what was heard so far."""

    client: CanadaPost
    settings: CanadaPostSettings
    near: str
    origin: str
    heard: Sequence[Heard]


def contact(patient: Patient) -> tuple[list[Finding], bool]:
    """Return whether Canada Post is reached, knows us and gives offices, and whether it can be asked anything more."""
    error: errors.CanadaPostError | None = None
    offices: list[PostOffice] = []
    try:
        offices = patient.client.find_offices(NearPostalCode(patient.near))
    except errors.CanadaPostError as raised:
        error = raised
    if not patient.heard:
        return [_not_reached(patient, error)], False
    keeps_out = error is not None and _keeps_out(patient, error)
    found = [_reached(patient), _credentials(patient, error if keeps_out else None)]
    if not keeps_out:
        found += _offices(patient, offices, error)
    return found, not keeps_out


def _not_reached(patient: Patient, error: errors.CanadaPostError | None) -> Finding:
    todo = _("Look whether this machine may open https connections to that host, through whatever firewall there is.")
    return wrong(_("Connection"), error or errors.Unavailable("find post offices"), patient.settings, todo=todo)


def _reached(patient: Patient) -> Finding:
    says = _("Canada Post answers, in %(seconds)s s") % {"seconds": number_format(patient.heard[0].seconds, 2)}
    return Finding(_("Connection"), Verdict.OK, says)


def _keeps_out(patient: Patient, error: errors.CanadaPostError) -> bool:
    """Say whether nothing at all can be asked: there is no token, or the key is refused."""
    if patient.settings.api == "portal":
        return error.operation == TOKEN
    return isinstance(error, errors.CredentialsRefused)


def _credentials(patient: Patient, error: errors.CanadaPostError | None) -> Finding:
    subject = _("Credentials")
    portal = patient.settings.api == "portal"
    if error is None:
        says = _("Canada Post gave a token") if portal else _("Canada Post knows the API key")
        return Finding(subject, Verdict.OK, says)
    if not isinstance(error, errors.CredentialsRefused):
        return wrong(subject, error, patient.settings)
    todo = _("Copy CLIENT_ID and CLIENT_SECRET anew from your application in Canada Post's developer portal.")
    if not portal:
        todo = _(
            "Copy USERNAME and PASSWORD anew from your API key at Canada Post; the sandbox has a key of its own, which "
            "goes with LIVE off."
        )
    return wrong(subject, error, patient.settings, todo=todo)


def _offices(patient: Patient, found: Sequence[PostOffice], error: errors.CanadaPostError | None) -> Iterator[Finding]:
    subject = _("Post offices near %(postal_code)s") % {"postal_code": display_postal_code(patient.near)}
    if error is not None:
        yield wrong(subject, error, patient.settings)
        return
    if not found:
        says = _("Canada Post offers none there")
        yield Finding(subject, Verdict.NOTE, says, _('Try a postal code in a town: --near "K1A 0B1".'))
        return
    count = ngettext("%(count)d takes parcels", "%(count)d take parcels", len(found)) % {"count": len(found)}
    yield Finding(
        subject, Verdict.OK, _("%(count)s; the nearest is %(name)s") % {"count": count, "name": found[0].name}
    )
    yield _hours(patient, found[0])


def _hours(patient: Patient, office: PostOffice) -> Finding:
    subject = _("Opening hours")
    try:
        hours = patient.client.office(office.office_id).hours
    except errors.CanadaPostError as error:
        return wrong(subject, error, patient.settings)
    if hours is None or not hours.days:
        return Finding(subject, Verdict.NOTE, _("Canada Post gives none for the nearest post office"))
    return Finding(subject, Verdict.OK, _("Canada Post gives them for the nearest post office"))


def shipping(patient: Patient) -> Finding:
    """Return whether this account may use the shipping API; nothing is made."""
    subject = _("Access to shipping")
    can = patient.client.capabilities
    try:
        if can.manifests:
            patient.client.groups()
        elif can.find_by_group:
            patient.client.find_by_group(NO_SUCH_GROUP)
        else:
            says = _("without a contract this cannot be known before the first shipment")
            return Finding(subject, Verdict.NOT_ASKED, says)
    except errors.CanadaPostError as error:
        return wrong(subject, error, patient.settings)
    return Finding(subject, Verdict.OK, _("this account may ask for its shipments"))


def option(patient: Patient) -> Finding:
    """Return whether Canada Post offers the option."""
    subject = _("Deliver to Post Office")
    try:
        info = patient.client.option(OPTION)
    except errors.CanadaPostError as error:
        return wrong(subject, error, patient.settings)
    names = {"code": info.code, "conflicts": ", ".join(info.conflicts) or "–"}
    return Finding(subject, Verdict.OK, _("offered as option %(code)s; does not go with: %(conflicts)s") % names)


def prices(patient: Patient) -> Finding:
    """Return whether this account gets a price for a parcel of 1 kg to a post office."""
    subject = _("Prices")
    try:
        found = patient.client.rates(RateRequest(patient.origin, patient.near, PARCEL))
    except errors.CanadaPostError as error:
        return wrong(subject, error, patient.settings)
    if not found:
        says = _("Canada Post gives no price to this account")
        todo = _("Compare CUSTOMER_NUMBER and CONTRACT_ID with your agreement: without one there are no prices.")
        return Finding(subject, Verdict.WRONG, says, todo)
    return Finding(subject, Verdict.OK, "; ".join(map(_price, found)))


def _price(rate: Rate) -> str:
    return _("%(service)s %(price)s") % {"service": rate.service_name or rate.service, "price": money(rate.due)}


def outages(patient: Patient) -> Iterator[Finding]:
    """Yield the outages that Canada Post has announced."""
    subject = _("Outages")
    if not patient.client.capabilities.outages:
        yield Finding(subject, Verdict.NOT_ASKED, _("this API does not tell"))
        return
    try:
        found = patient.client.outages()
    except errors.CanadaPostError as error:
        # Nobody has seen this answer yet, and nothing else depends on it.
        failed = wrong(subject, error, patient.settings)
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
