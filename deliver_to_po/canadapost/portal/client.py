"""The portal behind the one interface: which call each operation makes, and what each answer means."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from deliver_to_po.canadapost import errors, rules, types
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.throttle import TRACKING
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.client import CanadaPost, Capabilities, ChargedAtOnce
from deliver_to_po.canadapost.portal import manifests, postoffices, rating, serviceinfo, shipments, shipping, tracking
from deliver_to_po.canadapost.portal.auth import TokenSource
from deliver_to_po.canadapost.portal.calls import PortalCalls
from deliver_to_po.canadapost.reading import read_document, read_each, says_no_history


class PortalCanadaPost(CanadaPost):
    """Canada Post through the Developer Portal API, for a contract customer."""

    capabilities = Capabilities(void=True, manifests=True, outages=True)
    by_request_id = shipping.BY_REQUEST_ID
    by_group = shipping.BY_GROUP
    without_manifest = shipping.WITHOUT_MANIFEST

    def __init__(self, caller: Caller, tokens: TokenSource, account: types.Account, language: types.Language = "en"):
        super().__init__(caller, account)
        self._calls = PortalCalls(caller, tokens, language)

    def _offices(self, operation: str, params: Mapping[str, str]) -> types.FoundOffices:
        return postoffices.read_offices(operation, self._calls.get(operation, postoffices.SEARCH_PATH, params=params))

    def _office(self, operation: str, office_id: str) -> types.PostOffice:
        body = self._calls.get(operation, postoffices.detail_path(operation, office_id))
        return postoffices.read_office(operation, body, office_id=office_id)

    def _rates(self, request: types.RateRequest) -> list[types.Rate]:
        operation = "rates"
        question = rating.build_rates(operation, request, self.account)
        return rating.read_rates(operation, self._calls.ask(operation, rating.PRICES_PATH, question))

    def service(self, code: str) -> types.ServiceDetails:
        operation = "service"
        path = rating.service_path(operation, code)
        return rating.read_service(operation, self._calls.get(operation, path, params=rating.SERVICES_PARAMS))

    def option(self, code: str) -> types.OptionInfo:
        operation = "option"
        return rating.read_option(operation, self._calls.get(operation, rating.option_path(operation, code)))

    def create_shipment(self, request: types.ShipmentRequest) -> types.ShipmentInfo:
        operation = rules.OPERATION
        body = shipping.build_shipment(request, self.account)
        return self._calls.do(operation, self._shipments, body, shipments.read_shipment)

    def _made_under(self, operation: str, request_id: str, name: str) -> Iterator[types.ShipmentInfo]:
        hrefs = self._calls.listed(operation, self._shipments, {name: request_id}, shipments.read_shipment_links)
        return read_each(hrefs, partial(self._unless_voided, operation))

    def _ids(self, operation: str, params: Mapping[str, str]) -> list[str]:
        return self._calls.listed(operation, self._shipments, params, manifests.read_shipment_ids)

    def _shipment_at(self, operation: str, where: str) -> types.ShipmentInfo:
        return shipments.read_shipment(operation, self._calls.get(operation, where))

    def _shipment_path(self, operation: str, shipment_id: str) -> str:
        return shipping.shipment_path(operation, self.account, shipment_id)

    def shipment_details(self, shipment_id: str) -> types.ShipmentDetails:
        operation = "shipment details"
        path = shipping.shipment_path(operation, self.account, shipment_id, "/details")
        return shipments.read_details(operation, self._calls.get(operation, path))

    def _delete(self, operation: str, path: str) -> Answer:
        return self._calls.send(operation, "DELETE", path, repeatable=False)

    def refund_shipment(self, shipment_id: str, email: str) -> types.RefundTicket:
        operation = "refund shipment"
        body = shipping.build_refund(operation, email)
        path = shipping.shipment_path(operation, self.account, shipment_id, "/refund")
        return self._calls.do(operation, path, body, shipments.read_ticket)

    def groups(self) -> list[str]:
        operation = "groups"
        return manifests.read_groups(operation, self._calls.get(operation, manifests.groups_path(self.account)))

    def transmit(self, request: types.TransmitRequest) -> list[str]:
        operation = "transmit"
        body = manifests.build_transmit(operation, request, self.account)
        return self._calls.do(operation, manifests.manifests_path(self.account), body, manifests.read_manifest_ids)

    def find_manifests(self, first: date, last: date) -> list[str]:
        operation = "find manifests"

        def ask(names: tuple[str, str]) -> list[str]:
            params = dict(zip(names, (f"{first:%Y%m%d}", f"{last:%Y%m%d}"), strict=True))
            path = manifests.manifests_path(self.account)
            return self._calls.listed(operation, path, params, manifests.read_manifests)

        return self._caller.search(operation, manifests.BETWEEN, ask)

    def manifest(self, manifest_id: str) -> types.Manifest:
        operation = "manifest"
        path = manifests.manifest_path(operation, self.account, manifest_id)
        return manifests.read_manifest(operation, self._calls.get(operation, path), manifest_id)

    def _linked_ids(self, operation: str, href: str) -> list[str]:
        return manifests.read_shipment_ids(operation, self._calls.get(operation, href))

    def _document(self, operation: str, href: str, media_type: str) -> types.Artifact:
        answer = self._calls.send(operation, "GET", href, repeatable=True, media_type=media_type, document=True)
        return read_document(operation, answer)

    def tracking_details(self, pin: str) -> types.TrackingDetails:
        operation = "tracking details"
        try:
            body = self._calls.get(operation, tracking.details_path(operation, pin), kind=TRACKING)
            return tracking.read_details(operation, body, pin)
        except errors.CanadaPostError as error:
            if isinstance(error, errors.NotFound) or says_no_history(error):
                return types.TrackingDetails(pin)
            raise

    def find_pins(self, reference: str, first: date, last: date) -> list[str]:
        operation = "find by reference"
        rules.check_reference(operation, reference)
        values = (self.account.customer_number, reference, first.isoformat(), last.isoformat())

        def ask(names: tuple[str, ...]) -> list[str]:
            params = dict(zip(names, values, strict=True))
            try:
                body = self._calls.get(operation, tracking.REFERENCES_PATH, params=params, kind=TRACKING)
                return tracking.read_pins(operation, body, reference)
            except errors.CanadaPostError as error:
                if isinstance(error, errors.NotFound) or says_no_history(error):
                    return []
                raise

        return self._caller.search(operation, tracking.BY_REFERENCE, ask)

    def outages(self) -> list[types.Outage]:
        return self._calls.listed("outages", serviceinfo.PATH, serviceinfo.PARAMS, serviceinfo.read_outages)

    @property
    def _shipments(self) -> str:
        return shipping.shipments_path(self.account)


class NonContractPortal(ChargedAtOnce, PortalCanadaPost):
    """Canada Post through the Developer Portal API, paid by the default card: Solutions for Small Business."""

    capabilities = Capabilities(outages=True)
