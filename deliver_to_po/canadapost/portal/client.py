"""The portal behind the one interface: which call each operation makes, and what each answer means."""

from collections.abc import Callable, Iterator
from datetime import date

from deliver_to_po.canadapost import errors, rules, types
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.throttle import TRACKING
from deliver_to_po.canadapost.client import CanadaPost, Capabilities, ChargedAtOnce
from deliver_to_po.canadapost.office_search import search_params
from deliver_to_po.canadapost.portal import manifests, postoffices, rating, serviceinfo, shipments, shipping, tracking
from deliver_to_po.canadapost.portal.answers import error_of
from deliver_to_po.canadapost.portal.auth import TokenSource
from deliver_to_po.canadapost.portal.calls import PortalCalls
from deliver_to_po.canadapost.reading import (
    check_gone,
    check_none_near,
    is_done,
    rates_of,
    read_document,
    read_each,
    says_no_history,
)


class PortalCanadaPost(CanadaPost):
    """Canada Post through the Developer Portal API, for a contract customer."""

    capabilities = Capabilities(void=True, manifests=True, outages=True)
    by_request_id = shipping.BY_REQUEST_ID

    def __init__(self, caller: Caller, tokens: TokenSource, account: types.Account, language: types.Language = "en"):
        self.account = account
        self._calls = PortalCalls(caller, tokens, language)

    def find_offices(self, query: types.OfficeQuery, *, maximum: int = 50) -> types.FoundOffices:
        operation = "find post offices"
        params = search_params(operation, query, maximum)
        try:
            body = self._calls.get(operation, postoffices.SEARCH_PATH, params=params)
        except (errors.NotFound, errors.Refused) as error:
            check_none_near(error)
            return types.FoundOffices()
        return postoffices.read_offices(operation, body)

    def office(self, office_id: str) -> types.PostOffice:
        operation = "post office detail"
        path = postoffices.detail_path(operation, office_id)
        try:
            body = self._calls.get(operation, path)
        except errors.NotFound as error:
            check_gone(error)
            raise
        return postoffices.read_office(operation, body, office_id=office_id)

    def rates(self, request: types.RateRequest) -> list[types.Rate]:
        with self._calls.caller.budget():
            return rates_of(self._rates, request)

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
        return self._calls.do(operation, shipping.shipments_path(self.account), body, shipments.read_shipment)

    def find_by_group(self, group_id: str) -> list[str]:
        operation = "find by group"
        rules.check_group(operation, group_id)
        return self._find_ids(operation, shipping.BY_GROUP, group_id)

    def find_by_day(self, day: date) -> list[str]:
        return self._find_ids("find by day", shipping.WITHOUT_MANIFEST, "true", date=f"{day:%Y%m%d}")

    def shipment(self, shipment_id: str) -> types.ShipmentInfo:
        operation = "shipment"
        path = shipping.shipment_path(operation, self.account, shipment_id)
        return shipments.read_shipment(operation, self._calls.get(operation, path))

    def _find_ids(self, operation: str, names: tuple[str, ...], value: str, **beside: str) -> list[str]:
        def ask(name: str) -> list[str]:
            path = shipping.shipments_path(self.account)
            return self._calls.listed(operation, path, {name: value, **beside}, manifests.read_shipment_ids)

        return self._calls.caller.search(operation, names, ask)

    def _find(
        self, operation: str, names: tuple[str, ...], value: str, fits: Callable[[types.ShipmentInfo], bool | None]
    ) -> list[types.ShipmentInfo]:
        def ask(name: str) -> Iterator[types.ShipmentInfo]:
            path = shipping.shipments_path(self.account)
            hrefs = self._calls.listed(operation, path, {name: value}, shipments.read_shipment_links)
            return read_each(hrefs, self._shipment_at)

        return self._calls.caller.search(operation, names, ask, fits)

    def _shipment_at(self, href: str) -> types.ShipmentInfo | None:
        """Return a shipment that a search found, None if it has been voided since."""
        try:
            return shipments.read_shipment("shipment", self._calls.get("shipment", href))
        except errors.NotFound:
            return None

    def shipment_details(self, shipment_id: str) -> types.ShipmentDetails:
        operation = "shipment details"
        path = shipping.shipment_path(operation, self.account, shipment_id, "/details")
        return shipments.read_details(operation, self._calls.get(operation, path))

    def void_shipment(self, shipment_id: str) -> None:
        operation = "void shipment"
        path = shipping.shipment_path(operation, self.account, shipment_id)
        answer = self._calls.send(operation, "DELETE", path, repeatable=False)
        if not is_done(answer):
            raise error_of(operation, answer, repeatable=False)

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

        return self._calls.caller.search(operation, manifests.BETWEEN, ask)

    def manifest(self, manifest_id: str) -> types.Manifest:
        operation = "manifest"
        path = manifests.manifest_path(operation, self.account, manifest_id)
        return manifests.read_manifest(operation, self._calls.get(operation, path), manifest_id)

    def manifest_shipments(self, manifest: types.Manifest) -> list[str]:
        operation = "manifest shipments"
        link = manifest.link("manifestShipments")
        return manifests.read_shipment_ids(operation, self._calls.get(operation, link.href)) if link else []

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

        return self._calls.caller.search(operation, tracking.BY_REFERENCE, ask)

    def outages(self) -> list[types.Outage]:
        return self._calls.listed("outages", serviceinfo.PATH, serviceinfo.PARAMS, serviceinfo.read_outages)


class NonContractPortal(ChargedAtOnce, PortalCanadaPost):
    """Canada Post through the Developer Portal API, paid by the default card: Solutions for Small Business."""

    capabilities = Capabilities(outages=True)
