"""The one interface to Canada Post that both of its APIs share."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import ClassVar, NamedTuple, NoReturn

from deliver_to_po.canadapost import rules, types
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import NotFound, NotReady, NotSupported, Refused
from deliver_to_po.canadapost.office_search import search_params
from deliver_to_po.canadapost.reading import check_gone, check_none_near, rates_of

JSON, PDF = "application/json", "application/pdf"
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
    #: How many letters the recipient's e-mail address may have after its last dot: as many as any has, but for an API
    #: whose schema is older.
    longest_top_level_domain: int = 63
    #: How the parameters of a search for shipments may be spelled.
    by_request_id: ClassVar[tuple[str, ...]]
    by_group: ClassVar[tuple[str, ...]]
    without_manifest: ClassVar[tuple[str, ...]]

    def __init__(self, caller: Caller, account: types.Account):
        self._caller, self.account = caller, account

    def find_offices(self, query: types.OfficeQuery, *, maximum: int = 50) -> types.FoundOffices:
        """Return the offices that accept D2PO, nearest first, at most 50; an empty list when there is none near."""
        operation = "find post offices"
        params = search_params(operation, query, maximum)
        try:
            return self._offices(operation, params)
        except (NotFound, Refused) as error:
            check_none_near(error)
            return types.FoundOffices()

    @abstractmethod
    def _offices(self, operation: str, params: Mapping[str, str]) -> types.FoundOffices:
        """Return what a search for post offices is answered with."""

    def office(self, office_id: str) -> types.PostOffice:
        """Return one office with its hours; raises NotFound when there is none."""
        try:
            return self._office("post office detail", office_id)
        except NotFound as error:
            check_gone(error)
            raise

    @abstractmethod
    def _office(self, operation: str, office_id: str) -> types.PostOffice:
        """Return one office; raises NotFound even if only the gateway does not know its address."""

    def rates(self, request: types.RateRequest) -> list[types.Rate]:
        """Return the price of each service that can take the parcel and is available; an empty list when none is."""
        with self._caller.budget():
            return rates_of(self._rates, request)

    @abstractmethod
    def _rates(self, request: types.RateRequest) -> list[types.Rate]:
        """Return the prices of all the services of a question, which is refused for one that is not available."""

    @abstractmethod
    def service(self, code: str) -> types.ServiceDetails:
        """Return what a service takes and which options it has; raises NotFound."""

    @abstractmethod
    def option(self, code: str) -> types.OptionInfo:
        """Return what an option goes with; raises NotFound."""

    @abstractmethod
    def create_shipment(self, request: types.ShipmentRequest) -> types.ShipmentInfo:
        """Make a D2PO shipment.

        Raises InvalidRequest before any call when a D2PO rule is broken, and UnknownOutcome when it may have been made.
        """

    def find_shipments(self, request_id: str, *, sent_at: datetime | None = None) -> Sequence[types.ShipmentInfo]:
        """Return the shipments made under that request id; one that was made seconds ago may be missing.

        ``sent_at`` is when the request was sent, by default just now. An API without request ids looks around then.
        """
        operation = "find shipment"
        rules.check_request_id(operation, request_id)
        return self._caller.search(
            operation,
            self.by_request_id,
            partial(self._made_under, operation, request_id),
            lambda info: info.request_id == request_id if info.request_id else None,
        )

    @abstractmethod
    def _made_under(self, operation: str, request_id: str, name: str) -> Iterable[types.ShipmentInfo]:
        """Return what a search for a request id finds, by the parameter of that name."""

    def find_by_group(self, group_id: str) -> list[str]:
        """Return the ids of the shipments of a group, over the XML API only of those that are not transmitted.

        One call, however many there are: Canada Post takes 10,000 in a group (9110).
        """
        operation = "find by group"
        rules.check_group(operation, group_id)
        return self._caller.search(operation, self.by_group, lambda name: self._ids(operation, {name: group_id}))

    def find_by_day(self, day: date) -> list[str]:
        """Return the ids of the shipments that were made on a day without a manifest: charged and transmitted at once.

        Which time zone Canada Post means is unknown, so those of some hours of the days beside it may be among them.
        """
        operation = "find by day"
        on_day = {"date": f"{day:%Y%m%d}"}
        return self._caller.search(
            operation, self.without_manifest, lambda name: self._ids(operation, {name: "true", **on_day})
        )

    @abstractmethod
    def _ids(self, operation: str, params: Mapping[str, str]) -> list[str]:
        """Return the ids of the shipments that a search finds."""

    def shipment(self, shipment_id: str) -> types.ShipmentInfo:
        """Return a shipment as it stands; raises NotFound when there is none, or it was voided."""
        operation = "shipment"
        return self._shipment_at(operation, self._shipment_path(operation, shipment_id))

    @abstractmethod
    def _shipment_at(self, operation: str, where: str) -> types.ShipmentInfo:
        """Return the shipment at a path, or at a link of an answer."""

    def _unless_voided(self, operation: str, href: str) -> types.ShipmentInfo | None:
        """Return a shipment that a search found, None if it has been voided since."""
        try:
            return self._shipment_at(operation, href)
        except NotFound:
            return None

    @abstractmethod
    def _shipment_path(self, operation: str, shipment_id: str) -> str:
        """Return the path of a shipment; raises InvalidRequest for an id that Canada Post cannot have given."""

    @abstractmethod
    def shipment_details(self, shipment_id: str) -> types.ShipmentDetails:
        """Return what Canada Post holds of a shipment."""

    def label(self, shipment: types.ShipmentInfo) -> types.Artifact:
        """Return the label of a shipment; raises NotReady while Canada Post is still making it."""
        link = shipment.link("label")
        if link is None:
            raise NotFound("label", why="the shipment has no label link")
        return self._document("label", link.href, PDF if link.media_type in ("", JSON) else link.media_type)

    def void_shipment(self, shipment_id: str) -> None:
        """Void a shipment that is not transmitted yet; raises Refused (8064) once it is, and UnknownOutcome."""
        operation = "void shipment"
        answer = self._delete(operation, self._shipment_path(operation, shipment_id))
        # No other success says that it was done.
        if answer.status != NO_CONTENT:
            raise self._caller.error_of(operation, answer, repeatable=False)

    @abstractmethod
    def _delete(self, operation: str, path: str) -> Answer:
        """Return what is answered to a DELETE."""

    @abstractmethod
    def refund_shipment(self, shipment_id: str, email: str) -> types.RefundTicket:
        """Ask for a refund of a transmitted shipment; Canada Post answers later, to ``email``.

        Raises Refused (7291: not transmitted, so void it instead; 7292: already asked for), and UnknownOutcome.
        """

    @abstractmethod
    def groups(self) -> list[str]:
        """Return the ids of the groups; one whose shipments are all transmitted or void may still be listed."""

    @abstractmethod
    def transmit(self, request: types.TransmitRequest) -> list[str]:
        """Hand groups over to Canada Post and return the ids of the manifests that are being made.

        Raises UnknownOutcome when they may have been transmitted.
        """

    @abstractmethod
    def find_manifests(self, first: date, last: date) -> list[str]:
        """Return the ids of the manifests that were made from one day to another."""

    @abstractmethod
    def manifest(self, manifest_id: str) -> types.Manifest:
        """Return a manifest; raises NotReady (9153) while it is being made."""

    def manifest_shipments(self, manifest: types.Manifest) -> list[str]:
        """Return the ids of the shipments in a manifest; an empty list where its answer does not link to them."""
        link = manifest.link("manifestShipments")
        return self._linked_ids("manifest shipments", link.href) if link else []

    @abstractmethod
    def _linked_ids(self, operation: str, href: str) -> list[str]:
        """Return the ids of the shipments that are listed at a link of an answer."""

    def manifest_document(self, manifest: types.Manifest) -> types.Artifact:
        """Return the PDF of a manifest; raises NotReady while it is being made."""
        link = manifest.link("artifact")
        if link is None:
            raise NotReady("manifest document", why="the manifest has no document yet")
        # The portal's link says JSON, but the document is a PDF.
        return self._document("manifest document", link.href, PDF)

    @abstractmethod
    def _document(self, operation: str, href: str, media_type: str) -> types.Artifact:
        """Return the document that a link leads to."""

    @abstractmethod
    def tracking_details(self, pin: str) -> types.TrackingDetails:
        """Return every event of a parcel, newest first; no events until Canada Post has seen it."""

    @abstractmethod
    def find_pins(self, reference: str, first: date, last: date) -> list[str]:
        """Return the tracking numbers of the customer's parcels that carry ``reference``, mailed between two days.

        Whichever program made them. The days lie at most two months back (008). Nobody has seen such an answer yet:
        what does not name the reference itself is left out.
        """

    @abstractmethod
    def outages(self) -> list[types.Outage]:
        """Return the outages that Canada Post has announced."""


class ChargedAtOnce(CanadaPost):
    """What no API does without a contract: a shipment is charged and transmitted when it is made, by itself.

    So it is in no group, is never transmitted at the day's end, and can be refunded but not voided.
    """

    def find_by_group(self, group_id: str) -> list[str]:
        _needs_contract("find by group")

    def void_shipment(self, shipment_id: str) -> None:
        _needs_contract("void shipment")

    def groups(self) -> list[str]:
        _needs_contract("groups")

    def transmit(self, request: types.TransmitRequest) -> list[str]:
        _needs_contract("transmit")

    def find_manifests(self, first: date, last: date) -> list[str]:
        _needs_contract("find manifests")

    def manifest(self, manifest_id: str) -> types.Manifest:
        _needs_contract("manifest")

    def manifest_shipments(self, manifest: types.Manifest) -> list[str]:
        _needs_contract("manifest shipments")

    def manifest_document(self, manifest: types.Manifest) -> types.Artifact:
        _needs_contract("manifest document")


def _needs_contract(operation: str) -> NoReturn:
    raise NotSupported(operation, why="there is nothing of it without a contract")
