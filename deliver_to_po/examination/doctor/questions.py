"""The questions that the doctor asks Canada Post. They only read: nothing is made or changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.canadapost.portal.auth import OPERATION as TOKEN
from deliver_to_po.canadapost.types import NearPostalCode, Parcel, PostOffice, Rate, RateRequest, ShipmentInfo
from deliver_to_po.core.wording import day_and_time, money
from deliver_to_po.examination.doctor import remedies
from deliver_to_po.examination.doctor.advice import wrong
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.doctor.hearing import Heard
from deliver_to_po.examination.doctor.shapes import is_web_page

T = TypeVar("T")

OPTION = "D2PO"
OK = 200
PARCEL = Parcel(weight_kg=Decimal(1), length_cm=Decimal(30), width_cm=Decimal(20), height_cm=Decimal(10))


@dataclass
class Examination:
    """Whom the doctor asks, about which places, and what was answered so far.

    ``near`` and ``origin`` are postal codes as on the wire. The client's transport adds to ``heard``.
    """

    client: CanadaPost
    asked: remedies.Asked
    near: str
    origin: str
    heard: Sequence[Heard]
    heard_before: int = 0

    def ask(self, question: Callable[[], T]) -> T:
        """Return the answer to ``question``; raises what the client raises.

        Only a success shows that the credentials are right. A list that is empty because of a 404 shows nothing, and
        neither does a web page or a 5xx.
        """
        self.heard_before = len(self.heard)
        try:
            answer = question()
        except errors.CanadaPostError as error:
            # The portal's token is such a success, whatever came after it.
            self._note(self.asked.portal and error.operation != TOKEN and bool(self.heard))
            raise
        self._note(self.succeeded)
        return answer

    def _note(self, known: bool) -> None:
        self.asked = self.asked._replace(known=self.asked.known or known)

    @property
    def known(self) -> bool:
        """Say whether an answer so far shows that the credentials are right."""
        return self.asked.known

    @property
    def succeeded(self) -> bool:
        """Say whether an answer to the last question was a success: a search may ask in several spellings."""
        answers = self.heard[self.heard_before :]
        return any(heard.operation != TOKEN and heard.answer.status == OK for heard in answers)


def contact(examination: Examination) -> tuple[list[Finding], bool]:
    """Return whether Canada Post is reached, knows us and gives offices, and whether it can be asked anything more."""
    error: errors.CanadaPostError | None = None
    offices: list[PostOffice] = []
    try:
        offices = examination.ask(partial(examination.client.find_offices, NearPostalCode(examination.near)))
    except errors.CanadaPostError as raised:
        error = raised
    if not examination.heard:
        return [wrong(_("Connection"), error or errors.Unavailable("find post offices"), examination.asked)], False
    found = [_reached(examination)]
    if found[0].verdict == Verdict.WRONG:
        return found, False
    if error is not None and _keeps_out(examination, error):
        return [*found, *_not_let_in(examination, error)], False
    # After Throttled our own throttle holds back every other question too.
    may_go_on = not isinstance(error, errors.Throttled)
    if examination.known or not may_go_on:
        found.append(credentials(examination))
    return [*found, *_offices(examination, offices, error)], may_go_on


def _reached(examination: Examination) -> Finding:
    subject, first = _("Connection"), examination.heard[0]
    if is_web_page(first.answer):
        # Canada Post's gateway may refuse with a page; a success that is a page is somebody else's.
        verdict = Verdict.WRONG if first.answer.status == OK else Verdict.NOTE
        says = _("a web page came instead of an answer (HTTP %(status)s)") % {"status": first.answer.status}
        return Finding(subject, verdict, says, remedies.web_page(examination.asked))
    seconds = {"seconds": number_format(max(first.seconds, 0.01), 2)}
    emulated = examination.asked.emulator
    says = _("the emulator answers, in %(seconds)s s") if emulated else _("Canada Post answers, in %(seconds)s s")
    return Finding(subject, Verdict.OK, says % seconds)


def _keeps_out(examination: Examination, error: errors.CanadaPostError) -> bool:
    """Say whether nothing more can be asked, since there is no token or the API key is refused."""
    if examination.asked.portal:
        return error.operation == TOKEN
    return isinstance(error, errors.CredentialsRefused)


def _not_let_in(examination: Examination, error: errors.CanadaPostError) -> Iterator[Finding]:
    if isinstance(error, errors.CredentialsRefused):
        yield wrong(_("Credentials"), error, examination.asked)
    else:
        # Trouble with the token says nothing about client ID and secret.
        yield wrong(_("Token"), error, examination.asked)
        yield credentials(examination)


def credentials(examination: Examination) -> Finding:
    """Return whether an answer so far shows that the credentials are right."""
    subject = _("Credentials")
    if not examination.known:
        says = _("no answer shows whether they are right")
        return Finding(subject, Verdict.NOTE, says, _("Fix the other problems, then run the doctor again."))
    says = (
        _("Canada Post accepted them and gave a token") if examination.asked.portal else _("Canada Post accepted them")
    )
    return Finding(subject, Verdict.OK, says)


def _offices(
    examination: Examination, found: Sequence[PostOffice], error: errors.CanadaPostError | None
) -> Iterator[Finding]:
    near = {"postal_code": display_postal_code(examination.near)}
    subject = _("Post offices near %(postal_code)s") % near
    if error is not None:
        yield wrong(subject, error, examination.asked)
        return
    if not found:
        # The client takes some errors for "none near", since nobody knows how Canada Post says that.
        says = _("Canada Post offers none there") if examination.succeeded else _unclear(examination, subject).says
        yield Finding(subject, Verdict.NOTE, says, remedies.no_office(examination.near))
        return
    count = ngettext("%(count)d accepts parcels", "%(count)d accept parcels", len(found)) % {"count": len(found)}
    says = _("%(count)s; the nearest is %(name)s") % {"count": count, "name": found[0].name}
    yield Finding(subject, Verdict.OK, says)
    yield _hours(examination, found[0])


def _hours(examination: Examination, office: PostOffice) -> Finding:
    subject = _("Opening hours")
    try:
        hours = examination.ask(partial(examination.client.office, office.office_id)).hours
    except errors.CanadaPostError as error:
        return wrong(subject, error, examination.asked)
    if hours is None or not hours.days:
        return Finding(subject, Verdict.NOTE, _("not given for the nearest post office"))
    return Finding(subject, Verdict.OK, _("given for the nearest post office"))


def shipping(examination: Examination) -> Iterator[Finding]:
    """Yield whether this account may use the shipping API, and whether a shipment can be looked up; makes nothing."""
    access, look_ups = _("Access to shipping"), _("Look-up after a lost answer")
    look_up = _unused_look_up(examination.client)
    manifests = examination.client.capabilities.manifests
    try:
        found = examination.ask(examination.client.groups if manifests else look_up)
    except errors.CanadaPostError as error:
        yield wrong(access, error, examination.asked)
        yield Finding(look_ups, Verdict.NOT_ASKED, _("not before there is access to shipping"))
        return
    if examination.succeeded:
        yield Finding(access, Verdict.OK, _("this account can list its shipments"))
    else:
        yield _unclear(examination, access)
    try:
        found = examination.ask(look_up) if manifests else found
    except errors.CanadaPostError as error:
        yield wrong(look_ups, error, examination.asked)
        return
    yield _looked_up(examination, look_ups, found)


def _unused_look_up(client: CanadaPost) -> Callable[[], Sequence[Any]]:
    """Return the look-up that follows a lost answer, with an id that was never used."""
    return partial(client.find_shipments, uuid4().hex)


def _looked_up(examination: Examination, subject: str, found: Sequence[ShipmentInfo]) -> Finding:
    if found:
        says = _("an ID that was never used finds shipments (%(count)d), so a look-up proves nothing")
        todo = _("After a lost answer, compare the shipments at Canada Post yourself before anything is sent again.")
        return Finding(subject, Verdict.WRONG, says % {"count": len(found)}, todo)
    if not examination.succeeded:
        return _unclear(examination, subject)
    return Finding(subject, Verdict.OK, _("an ID that was never used finds no shipment, as it should"))


def _unclear(examination: Examination, subject: str) -> Finding:
    """The client takes such an answer for "nothing found", but a wrong address is answered alike."""
    says = _("the answer (HTTP %(status)s) does not show whether this works")
    todo = _("It can mean that nothing was found, or that the address is wrong. The first shipment will tell.")
    return Finding(subject, Verdict.NOTE, says % {"status": examination.heard[-1].answer.status}, todo)


def option(examination: Examination) -> Finding:
    subject = _("Deliver to Post Office")
    try:
        info = examination.ask(partial(examination.client.option, OPTION))
    except errors.CanadaPostError as error:
        return wrong(subject, error, examination.asked)
    names = {"code": info.code, "conflicts": ", ".join(info.conflicts) or "–"}
    return Finding(
        subject, Verdict.OK, _("available as option %(code)s; cannot be combined with: %(conflicts)s") % names
    )


def prices(examination: Examination) -> Finding:
    """Return whether this account gets a price for a parcel of 1 kg to a post office."""
    subject = _("Prices")
    request = RateRequest(examination.origin, examination.near, PARCEL)
    try:
        found = examination.ask(partial(examination.client.rates, request))
    except errors.CanadaPostError as error:
        return wrong(subject, error, examination.asked)
    if not found:
        says = _("Canada Post gives this account no prices")
        return Finding(subject, Verdict.WRONG, says, remedies.no_price(examination.asked))
    return Finding(subject, Verdict.OK, "; ".join(map(_price, found)))


def _price(rate: Rate) -> str:
    return _("%(service)s %(price)s") % {"service": rate.service_name or rate.service, "price": money(rate.due)}


def outages(examination: Examination) -> Iterator[Finding]:
    """Yield the outages that Canada Post has announced."""
    subject = _("Outages")
    if not examination.client.capabilities.outages:
        yield Finding(subject, Verdict.NOT_ASKED, _("not available with this API"))
        return
    try:
        found = examination.ask(examination.client.outages)
    except errors.CanadaPostError as error:
        # Nobody has seen this answer yet, and nothing else depends on it.
        failed = wrong(subject, error, examination.asked)
        yield Finding(subject, Verdict.NOTE, failed.says, failed.todo)
        return
    for outage in found:
        times = {
            "starts": day_and_time(outage.starts_at),
            "ends": day_and_time(outage.ends_at),
            "text": outage.text,
        }
        yield Finding(subject, Verdict.NOTE, _("%(starts)s to %(ends)s: %(text)s") % times)
    if not found:
        yield Finding(subject, Verdict.OK, _("none announced"))
