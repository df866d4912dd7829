"""The XML API behind the one interface: what each operation asks for, and what each answer means."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial

from deliver_to_po.canadapost import errors, rules, types
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.client import CanadaPost, Capabilities
from deliver_to_po.canadapost.reading import PARAMETER_MISSING, read_document, read_each, says_no_history
from deliver_to_po.canadapost.webservices import manifests, postoffices, rating, shipping, tracking
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
    by_group = shipping.BY_GROUP
    without_manifest = shipping.WITHOUT_MANIFEST

    def __init__(self, caller: Caller, key: ApiKey, account: types.Account, language: types.Language = "en"):
        super().__init__(caller, account)
        self._calls = Calls(caller, key, language)

    def _offices(self, operation: str, params: Mapping[str, str]) -> types.FoundOffices:
        answer = self._calls.get(operation, postoffices.PATH, OFFICES, params=params)
        return postoffices.read_offices(operation, answer)

    def _office(self, operation: str, office_id: str) -> types.PostOffice:
        rules.check_id(operation, "office_id", office_id)
        answer = self._calls.get(operation, postoffices.detail_path(office_id), OFFICES)
        return postoffices.read_office(operation, answer)

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

    def _made_under(self, operation: str, request_id: str, name: str) -> Iterator[types.ShipmentInfo]:
        """Return what a search finds, whether it is answered with shipments, as we ask, or with links to them."""
        try:
            rows, hrefs = shipping.found_in(operation, self._search(operation, {name: request_id}))
        except errors.NotFound:
            return iter(())
        reads: list[Callable[[], types.ShipmentInfo | None]] = [
            partial(shipping.read_info, operation, row) for row in rows
        ]
        reads += [partial(self._unless_voided, operation, href) for href in hrefs]
        return read_each(reads, lambda read: read())

    def _search(self, operation: str, params: Mapping[str, str]) -> Answer:
        """Ask for whole shipments; only the schema mentions that, so ask for links if it is refused."""
        try:
            in_full = {**params, "provideShipmentInfo": "true"}
            return self._calls.get(operation, self._shipments, SHIPMENTS, params=in_full)
        except errors.Refused as error:
            if PARAMETER_MISSING in error.codes:
                raise
            return self._calls.get(operation, self._shipments, SHIPMENTS, params=params)

    def _ids(self, operation: str, params: Mapping[str, str]) -> list[str]:
        return self._calls.listed(operation, self._shipments, SHIPMENTS, params, shipping.read_shipment_ids)

    def _shipment_at(self, operation: str, where: str) -> types.ShipmentInfo:
        return shipping.read_shipment(operation, self._calls.get(operation, where, SHIPMENTS))

    def shipment_details(self, shipment_id: str) -> types.ShipmentDetails:
        operation = "shipment details"
        path = f"{self._shipment_path(operation, shipment_id)}/details"
        return shipping.read_details(operation, self._calls.get(operation, path, SHIPMENTS))

    def _delete(self, operation: str, path: str) -> Answer:
        return self._calls.delete(operation, path, VOID)

    def refund_shipment(self, shipment_id: str, email: str) -> types.RefundTicket:
        operation = "refund shipment"
        rules.check_refund(operation, email)
        path = f"{self._shipment_path(operation, shipment_id)}/refund"
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

    def _linked_ids(self, operation: str, href: str) -> list[str]:
        return shipping.read_shipment_ids(operation, self._calls.get(operation, href, SHIPMENTS))

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

    def _shipment_path(self, operation: str, shipment_id: str) -> str:
        rules.check_id(operation, "shipment_id", shipment_id)
        return f"{self._shipments}/{shipment_id}"


def _was_not_seen(error: errors.CanadaPostError) -> bool:
    """Say whether an error means that Canada Post has not seen a parcel yet: 004, or a 404 of the service itself."""
    return says_no_history(error) or (isinstance(error, errors.NotFound) and error.by_service)
