"""The XML API behind the one interface: what each operation asks for, and what each answer means."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial

from deliver_to_po.canadapost import errors, rules, types
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.client import CanadaPost, Capabilities
from deliver_to_po.canadapost.office_search import search_params
from deliver_to_po.canadapost.reading import (
    PARAMETER_MISSING,
    check_gone,
    check_none_near,
    is_done,
    rates_of,
    read_document,
    read_each,
    says_no_history,
)
from deliver_to_po.canadapost.webservices import manifests, postoffices, rating, shipping, tracking
from deliver_to_po.canadapost.webservices.answers import error_of
from deliver_to_po.canadapost.webservices.calls import ApiKey, Calls, Resource

OFFICES = Resource(postoffices.MEDIA_TYPE, "offices")
RATING = Resource(rating.MEDIA_TYPE, "rating")
SHIPMENTS = Resource(shipping.MEDIA_TYPE, "shipments")
VOID = Resource(shipping.MEDIA_TYPE, "void")
MANIFESTS = Resource(manifests.MEDIA_TYPE, "shipments")
TRACKING = Resource(tracking.MEDIA_TYPE, "tracking")


class WebServicesCanadaPost(CanadaPost):
    """Canada Post through the XML web services, for a contract customer."""

    capabilities = Capabilities(void=True, manifests=True)
    by_request_id = shipping.BY_REQUEST_ID

    def __init__(self, caller: Caller, key: ApiKey, account: types.Account, language: types.Language = "en"):
        self.account = account
        self._calls = Calls(caller, key, language)

    def find_offices(self, query: types.OfficeQuery, *, maximum: int = 50) -> types.FoundOffices:
        operation = "find post offices"
        params = search_params(operation, query, maximum)
        try:
            answer = self._calls.get(operation, postoffices.PATH, OFFICES, params=params)
        except (errors.NotFound, errors.Refused) as error:
            check_none_near(error)
            return types.FoundOffices()
        return postoffices.read_offices(operation, answer)

    def office(self, office_id: str) -> types.PostOffice:
        operation = "post office detail"
        rules.check_id(operation, "office_id", office_id)
        try:
            answer = self._calls.get(operation, postoffices.detail_path(office_id), OFFICES)
        except errors.NotFound as error:
            check_gone(error)
            raise
        return postoffices.read_office(operation, answer)

    def rates(self, request: types.RateRequest) -> list[types.Rate]:
        with self._calls.caller.budget():
            return rates_of(self._rates, request)

    def _rates(self, request: types.RateRequest) -> list[types.Rate]:
        operation = rating.OPERATION
        body = rating.build_rate_request(request, self.account)
        return rating.read_rates(operation, self._calls.ask(operation, rating.PRICES_PATH, RATING, body))

    def service(self, code: str) -> types.ServiceDetails:
        operation = "service"
        rules.check_code(operation, code)
        return rating.read_service(operation, self._calls.get(operation, rating.service_path(code), RATING))

    def option(self, code: str) -> types.OptionInfo:
        operation = "option"
        rules.check_code(operation, code)
        return rating.read_option(operation, self._calls.get(operation, rating.option_path(code), RATING))

    def create_shipment(self, request: types.ShipmentRequest) -> types.ShipmentInfo:
        operation = rules.OPERATION
        body = shipping.build_shipment(request, self.account)
        return self._calls.do(operation, self._shipments, SHIPMENTS, body, shipping.read_shipment)

    def find_by_group(self, group_id: str) -> list[str]:
        operation = "find by group"
        rules.check_group(operation, group_id)
        return self._calls.caller.search(operation, shipping.BY_GROUP, partial(self._ids, operation, group_id))

    def _ids(self, operation: str, value: str, name: str, **beside: str) -> list[str]:
        params = {name: value, **beside}
        return self._calls.listed(operation, self._shipments, SHIPMENTS, params, shipping.read_shipment_ids)

    def find_by_day(self, day: date) -> list[str]:
        return self._ids("find by day", "true", shipping.WITHOUT_MANIFEST, date=f"{day:%Y%m%d}")

    def shipment(self, shipment_id: str) -> types.ShipmentInfo:
        operation = "shipment"
        return shipping.read_shipment(
            operation, self._calls.get(operation, self._shipment(operation, shipment_id), SHIPMENTS)
        )

    def _find(
        self, operation: str, names: tuple[str, ...], value: str, fits: Callable[[types.ShipmentInfo], bool | None]
    ) -> list[types.ShipmentInfo]:
        """Return what a search finds, whether it is answered with shipments, as we ask, or with links to them."""

        def ask(name: str) -> Iterator[types.ShipmentInfo]:
            try:
                rows, hrefs = shipping.found_in(operation, self._search(operation, {name: value}))
            except errors.NotFound:
                return iter(())
            reads: list[Callable[[], types.ShipmentInfo | None]] = [
                partial(shipping.read_info, operation, row) for row in rows
            ]
            reads += [partial(self._shipment_at, operation, href) for href in hrefs]
            return read_each(reads, lambda read: read())

        return self._calls.caller.search(operation, names, ask, fits)

    def _shipment_at(self, operation: str, href: str) -> types.ShipmentInfo | None:
        """Return a shipment that a search found, None if it has been voided since."""
        try:
            return shipping.read_shipment(operation, self._calls.get(operation, href, SHIPMENTS))
        except errors.NotFound:
            return None

    def _search(self, operation: str, params: Mapping[str, str]) -> Answer:
        """Ask for whole shipments; only the schema mentions that, so ask for links if it is refused."""
        try:
            in_full = {**params, "provideShipmentInfo": "true"}
            return self._calls.get(operation, self._shipments, SHIPMENTS, params=in_full)
        except errors.Refused as error:
            if PARAMETER_MISSING in error.codes:
                raise
            return self._calls.get(operation, self._shipments, SHIPMENTS, params=params)

    def shipment_details(self, shipment_id: str) -> types.ShipmentDetails:
        operation = "shipment details"
        path = f"{self._shipment(operation, shipment_id)}/details"
        return shipping.read_details(operation, self._calls.get(operation, path, SHIPMENTS))

    def void_shipment(self, shipment_id: str) -> None:
        operation = "void shipment"
        answer = self._calls.delete(operation, self._shipment(operation, shipment_id), VOID)
        if not is_done(answer):
            raise error_of(operation, answer, repeatable=False)

    def refund_shipment(self, shipment_id: str, email: str) -> types.RefundTicket:
        operation = "refund shipment"
        rules.check_refund(operation, email)
        path = f"{self._shipment(operation, shipment_id)}/refund"
        return self._calls.do(operation, path, VOID, shipping.build_refund(email), shipping.read_ticket)

    def groups(self) -> list[str]:
        operation = "groups"
        answer = self._calls.get(operation, manifests.groups_path(self.account), SHIPMENTS)
        return manifests.read_groups(operation, answer)

    def transmit(self, request: types.TransmitRequest) -> list[str]:
        operation = "transmit"
        body = manifests.build_transmit(operation, request, self.account)
        return self._calls.do(
            operation, manifests.manifests_path(self.account), MANIFESTS, body, manifests.read_made_ids
        )

    def find_manifests(self, first: date, last: date) -> list[str]:
        operation = "find manifests"
        params = {"start": f"{first:%Y%m%d}", "end": f"{last:%Y%m%d}"}
        path = manifests.manifests_path(self.account)
        return self._calls.listed(operation, path, MANIFESTS, params, manifests.read_manifest_ids)

    def manifest(self, manifest_id: str) -> types.Manifest:
        operation = "manifest"
        path = manifests.manifest_path(operation, self.account, manifest_id)
        return manifests.read_manifest(operation, self._calls.get(operation, path, MANIFESTS), manifest_id)

    def manifest_shipments(self, manifest: types.Manifest) -> list[str]:
        operation = "manifest shipments"
        link = manifest.link("manifestShipments")
        if link is None:
            return []
        return shipping.read_shipment_ids(operation, self._calls.get(operation, link.href, SHIPMENTS))

    def _document(self, operation: str, href: str, media_type: str) -> types.Artifact:
        document = Resource(media_type, SHIPMENTS.kind)
        return read_document(operation, self._calls.get(operation, href, document, document=True))

    def outages(self) -> list[types.Outage]:
        raise errors.NotSupported("outages", why="not part of what the XML API is used for")

    def tracking_details(self, pin: str) -> types.TrackingDetails:
        operation = "tracking details"
        rules.check_pin(operation, pin)
        try:
            answer = self._calls.get(operation, tracking.details_path(pin), TRACKING)
            return tracking.read_details(operation, answer, pin)
        except errors.CanadaPostError as error:
            if _was_not_seen(error):
                return types.TrackingDetails(pin)
            raise

    def find_pins(self, reference: str, first: date, last: date) -> list[str]:
        operation = "find by reference"
        rules.check_reference(operation, reference)
        params = {
            "mailingDateFrom": first.isoformat(),
            "mailingDateTo": last.isoformat(),
            "referenceNumber": reference,
            "customerNumber": self.account.customer_number,
        }
        try:
            answer = self._calls.get(operation, tracking.REFERENCE_PATH, TRACKING, params=params)
            return tracking.read_pins(operation, answer, reference)
        except errors.CanadaPostError as error:
            if _was_not_seen(error):
                return []
            raise

    @property
    def _shipments(self) -> str:
        return shipping.shipments_path(self.account)

    def _shipment(self, operation: str, shipment_id: str) -> str:
        rules.check_id(operation, "shipment_id", shipment_id)
        return f"{self._shipments}/{shipment_id}"


def _was_not_seen(error: errors.CanadaPostError) -> bool:
    """Say whether an error means that Canada Post has not seen a parcel yet: 004, or a 404 of the service itself."""
    return says_no_history(error) or (isinstance(error, errors.NotFound) and error.by_service)
