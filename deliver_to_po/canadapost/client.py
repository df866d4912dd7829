"""The one client of Canada Post: what each operation asks for, and what each answer means, over both of its APIs."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar, NamedTuple, NoReturn, TypeVar
from urllib.parse import quote

from deliver_to_po.canadapost import bodies, errors, rules, types
from deliver_to_po.canadapost.bodies import Body
from deliver_to_po.canadapost.calls import Calls
from deliver_to_po.canadapost.errors import NotFound, NotReady, NotSupported, Refused
from deliver_to_po.canadapost.identifiers import is_office_id
from deliver_to_po.canadapost.portal import fields, manifests, postoffices, rating, shipments, tracking
from deliver_to_po.canadapost.reading import check_gone, check_none_near, rates_of, says_no_history
from deliver_to_po.canadapost.resources import JSON, Api, Resource

T = TypeVar("T")

PDF = "application/pdf"
NO_CONTENT = 204


class Capabilities(NamedTuple):
    """What an API can do of what not each of them can.

    A method whose flag is off raises NotSupported, always and before any call.
    """

    void: bool = False
    manifests: bool = False
    """``find_by_group``, ``groups``, ``transmit``, ``find_manifests`` and whatever begins with ``manifest``."""
    outages: bool = False


class CanadaPost(ABC):
    """Canada Post, for one account and one language.

    Every method raises a class of ``deliver_to_po.canadapost.errors`` and nothing else, and ends within the total
    deadline that the client was built with, however many calls it makes. What is broken in the question itself raises
    InvalidRequest before any call.
    """

    capabilities: Capabilities
    api: ClassVar[Api]
    #: How many letters the recipient's e-mail address may have after its last dot: as many as any has, but for an API
    #: whose schema is older.
    longest_top_level_domain: int = 63

    def __init__(self, calls: Calls, account: types.Account):
        self._calls, self._caller, self.account = calls, calls.caller, account

    def find_offices(self, query: types.OfficeQuery, *, maximum: int = 50) -> types.FoundOffices:
        """Return the offices that accept D2PO, nearest first, at most 50; an empty list when there is none near."""
        operation = "find post offices"
        params = bodies.search_params(operation, query, maximum)
        try:
            return postoffices.read_offices(operation, self._get(operation, self.api.offices, params=params))
        except (NotFound, Refused) as error:
            check_none_near(error)
            return types.FoundOffices()

    def office(self, office_id: str) -> types.PostOffice:
        """Return one office with its hours; raises NotFound when there is none."""
        operation = "post office detail"
        if not is_office_id(office_id):
            raise NotFound(operation, why="ids of post offices are digits")
        try:
            row = self._get(operation, self.api.office, office_id)
        except NotFound as error:
            check_gone(error)
            raise
        return postoffices.read_office(operation, row, office_id=office_id)

    def rates(self, request: types.RateRequest) -> list[types.Rate]:
        """Return the price of each service that can take the parcel and is available; an empty list when none is."""
        with self._caller.budget():
            return rates_of(self._rates, request)

    def _rates(self, request: types.RateRequest) -> list[types.Rate]:
        """Return the prices of all the services of a question, which is refused for one that is not available."""
        operation, question = "rates", self.api.rates
        body = bodies.rates(operation, request, self.account)
        return rating.read_rates(operation, self._calls.ask(operation, self._path(question), question, body))

    def option(self, code: str) -> types.OptionInfo:
        """Return what an option goes with; raises NotFound."""
        operation = "option"
        rules.check_code(operation, code)
        return rating.read_option(operation, self._get(operation, self.api.option, code))

    def create_shipment(self, request: types.ShipmentRequest) -> types.ShipmentInfo:
        """Make a D2PO shipment.

        Raises InvalidRequest before any call when a D2PO rule is broken, and UnknownOutcome when it may have been made.
        """
        where, body = self._path(self.api.shipments), self._body(request)
        return self._calls.do(rules.OPERATION, where, self.api.shipment, body, self._read_shipment)

    def _body(self, request: types.ShipmentRequest) -> Body:
        return bodies.shipment(request, self.account, says_payer=self.api.says_payer)

    def _read_shipment(self, operation: str, row: Any) -> types.ShipmentInfo:
        return shipments.read_shipment(operation, row)

    def find_shipments(
        self, request_id: str, *, sent_at: datetime | None = None, others: Collection[str] = ()
    ) -> Sequence[types.ShipmentInfo]:
        """Return the shipments made under that request id; one that was made seconds ago may be missing.

        ``sent_at`` is when the request was sent, by default just now. An API without request ids looks around then, and
        asks about each shipment, save for ``others``: the ids of those that were made under other request ids.
        """
        operation = "find shipment"
        rules.check_request_id(operation, request_id)

        def ask(name: str) -> Iterable[types.ShipmentInfo]:
            rows = self._found_in_full(operation, {name: request_id})
            return fields.each(operation, rows, "shipments", self._read_found)

        return self._caller.search(
            operation,
            self.api.by_request_id,
            ask,
            lambda info: info.request_id == request_id if info.request_id else None,
        )

    def _read_found(self, operation: str, row: Mapping[str, Any]) -> types.ShipmentInfo | None:
        """Return a shipment that a search told of or linked to, None if it has been voided since."""
        if "shipmentId" in row:
            return self._read_shipment(operation, row)
        link = fields.link(operation, row)
        try:
            return self._shipment_at(operation, link.href) if link.rel == "shipment" else None
        except NotFound:
            return None

    def _found_in_full(self, operation: str, params: Mapping[str, str]) -> Any:
        """Return what a search finds, with all that is told of it where an API can do that."""
        return self._found(operation, params)

    def _found(self, operation: str, params: Mapping[str, str]) -> Any:
        return self._calls.listed(operation, self._path(self.api.shipments), self.api.shipments, params)

    def _ids(self, operation: str, params: Mapping[str, str]) -> list[str]:
        return manifests.read_shipment_ids(operation, self._found(operation, params))

    def find_by_group(self, group_id: str) -> list[str]:
        """Return the ids of the shipments of a group, over the XML API only of those that are not transmitted.

        One call, however many there are: Canada Post takes 10,000 in a group (9110).
        """
        operation = "find by group"
        rules.check_group(operation, group_id)
        return self._caller.search(operation, self.api.by_group, lambda name: self._ids(operation, {name: group_id}))

    def find_by_day(self, day: date) -> list[str]:
        """Return the ids of the shipments that were made on a day without a manifest: charged and transmitted at once.

        Which time zone Canada Post means is unknown, so those of some hours of the days beside it may be among them.
        """
        operation = "find by day"
        on_day = {"date": f"{day:%Y%m%d}"}
        return self._caller.search(
            operation, self.api.without_manifest, lambda name: self._ids(operation, {name: "true", **on_day})
        )

    def shipment(self, shipment_id: str) -> types.ShipmentInfo:
        """Return a shipment as it stands; raises NotFound when there is none, or it was voided."""
        operation = "shipment"
        return self._shipment_at(operation, self._shipment_path(operation, self.api.shipment, shipment_id))

    def _shipment_at(self, operation: str, where: str) -> types.ShipmentInfo:
        """Return the shipment at a path, or at a link of an answer."""
        return self._read_shipment(operation, self._calls.get(operation, where, self.api.shipment))

    def shipment_details(self, shipment_id: str) -> types.ShipmentDetails:
        """Return what Canada Post holds of a shipment."""
        operation = "shipment details"
        return self._read_details(operation, self._details(operation, shipment_id))

    def _details(self, operation: str, shipment_id: str) -> Any:
        where = self._shipment_path(operation, self.api.details, shipment_id)
        return self._calls.get(operation, where, self.api.details)

    def _read_details(self, operation: str, row: Any) -> types.ShipmentDetails:
        return shipments.read_details(operation, row)

    def label(self, shipment: types.ShipmentInfo) -> types.Artifact:
        """Return the label of a shipment; raises NotReady while Canada Post is still making it."""
        link = shipment.link("label")
        if link is None:
            raise NotFound("label", why="the shipment has no label link")
        return self._document("label", link.href, PDF if link.media_type in ("", JSON) else link.media_type)

    def void_shipment(self, shipment_id: str) -> None:
        """Void a shipment that is not transmitted yet; raises Refused (8064) once it is, and UnknownOutcome."""
        operation, void = "void shipment", self.api.void
        path = self._shipment_path(operation, void, shipment_id)
        answer = self._calls.send(operation, "DELETE", path, void, repeatable=False)
        # No other success says that it was done.
        if answer.status != NO_CONTENT:
            raise self._caller.error_of(operation, answer, repeatable=False)

    def refund_shipment(self, shipment_id: str, email: str) -> types.RefundTicket:
        """Ask for a refund of a transmitted shipment; Canada Post answers later, to ``email``.

        Raises Refused (7291: not transmitted, so void it instead; 7292: already asked for), and UnknownOutcome.
        """
        operation, refund = "refund shipment", self.api.refund
        rules.check_refund(operation, email)
        path = self._shipment_path(operation, refund, shipment_id)
        return self._calls.do(operation, path, refund, {"email": email}, shipments.read_ticket)

    def groups(self) -> list[str]:
        """Return the ids of the groups; one whose shipments are all transmitted or void may still be listed."""
        operation = "groups"
        return manifests.read_groups(operation, self._get(operation, self.api.groups))

    def transmit(self, request: types.TransmitRequest) -> list[str]:
        """Hand groups over to Canada Post and return the ids of the manifests that are being made.

        Raises UnknownOutcome when they may have been transmitted.
        """
        operation, made = "transmit", self.api.manifests
        body = bodies.transmit(operation, request, self.account, says_country=self.api.says_country)
        return self._calls.do(operation, self._path(made), made, body, manifests.read_made_ids)

    def find_manifests(self, first: date, last: date) -> list[str]:
        """Return the ids of the manifests that were made from one day to another."""
        operation, made = "find manifests", self.api.manifests

        def ask(names: tuple[str, str]) -> list[str]:
            params = dict(zip(names, (f"{first:%Y%m%d}", f"{last:%Y%m%d}"), strict=True))
            return manifests.read_ids(operation, self._calls.listed(operation, self._path(made), made, params))

        return self._caller.search(operation, self.api.between, ask)

    def manifest(self, manifest_id: str) -> types.Manifest:
        """Return a manifest; raises NotReady (9153) while it is being made."""
        operation = "manifest"
        rules.check_id(operation, "manifest_id", manifest_id)
        return manifests.read_manifest(operation, self._get(operation, self.api.manifest, manifest_id), manifest_id)

    def manifest_shipments(self, manifest: types.Manifest) -> list[str]:
        """Return the ids of the shipments in a manifest; an empty list where its answer does not link to them."""
        operation = "manifest shipments"
        link = manifest.link("manifestShipments")
        if link is None:
            return []
        return manifests.read_shipment_ids(operation, self._calls.get(operation, link.href, self.api.shipments))

    def manifest_document(self, manifest: types.Manifest) -> types.Artifact:
        """Return the PDF of a manifest; raises NotReady while it is being made."""
        link = manifest.link("artifact")
        if link is None:
            raise NotReady("manifest document", why="the manifest has no document yet")
        # The portal's link says JSON, but the document is a PDF.
        return self._document("manifest document", link.href, PDF)

    def tracking_details(self, pin: str) -> types.TrackingDetails:
        """Return every event of a parcel, newest first; no events until Canada Post has seen it."""
        operation = "tracking details"
        rules.check_pin(operation, pin)

        def ask() -> types.TrackingDetails:
            return tracking.read_details(operation, self._get(operation, self.api.tracking, pin), pin)

        return self._if_seen(ask, types.TrackingDetails(pin))

    def find_pins(self, reference: str, first: date, last: date) -> list[str]:
        """Return the tracking numbers of the customer's parcels that carry ``reference``, mailed between two days.

        Whichever program made them. The days lie at most two months back (008). Nobody has seen such an answer yet:
        what does not name the reference itself is left out.
        """
        operation = "find by reference"
        rules.check_reference(operation, reference)
        values = (self.account.customer_number, reference, first.isoformat(), last.isoformat())

        def ask(names: tuple[str, ...]) -> list[str]:
            params = dict(zip(names, values, strict=True))
            rows = self._get(operation, self.api.references, params=params)
            return tracking.read_pins(operation, rows, reference)

        return self._caller.search(
            operation, self.api.by_reference, lambda names: self._if_seen(partial(ask, names), [])
        )

    def _if_seen(self, ask: Callable[[], T], unseen: T) -> T:
        """Return what ``ask`` returns, or ``unseen`` where Canada Post has not seen the parcel yet."""
        try:
            return ask()
        except errors.CanadaPostError as error:
            if self._was_not_seen(error):
                return unseen
            raise

    def _was_not_seen(self, error: errors.CanadaPostError) -> bool:
        return says_no_history(error) or isinstance(error, NotFound)

    @abstractmethod
    def outages(self) -> list[types.Outage]:
        """Return the outages that Canada Post has announced."""

    def _path(self, resource: Resource, which: str = "") -> str:
        numbers = {"customer": self.account.customer_number, "mobo": self.account.on_behalf_of}
        return resource.path.format(id=which, **{name: quote(number, safe="") for name, number in numbers.items()})

    def _shipment_path(self, operation: str, resource: Resource, shipment_id: str) -> str:
        """Return the path of a shipment; raises InvalidRequest for an id that Canada Post cannot have given."""
        rules.check_id(operation, "shipment_id", shipment_id)
        return self._path(resource, shipment_id)

    def _get(self, operation: str, resource: Resource, which: str = "", params: Mapping[str, str] | None = None) -> Any:
        return self._calls.get(operation, self._path(resource, which), resource, params)

    def _document(self, operation: str, href: str, media_type: str) -> types.Artifact:
        """Return the document that a link leads to."""
        return self._calls.document(operation, href, self.api.shipments._replace(media_type=media_type))


def _needs_contract(operation: str) -> Callable[..., NoReturn]:
    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        raise NotSupported(operation, why="there is nothing of it without a contract")

    return refuse


class ChargedAtOnce(CanadaPost):
    """What no API does without a contract: a shipment is charged and transmitted when it is made, by itself.

    So it is in no group, is never transmitted at the day's end, and can be refunded but not voided.
    """

    find_by_group = _needs_contract("find by group")
    void_shipment = _needs_contract("void shipment")
    groups = _needs_contract("groups")
    transmit = _needs_contract("transmit")
    find_manifests = _needs_contract("find manifests")
    manifest = _needs_contract("manifest")
    manifest_shipments = _needs_contract("manifest shipments")
    manifest_document = _needs_contract("manifest document")
