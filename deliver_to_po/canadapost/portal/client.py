"""The portal behind the one interface: who may call, in which language, and what each answer means."""

from collections.abc import Mapping, Sequence
from typing import Any

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.client import CanadaPost, Capabilities
from deliver_to_po.canadapost.portal import postoffices, shipping
from deliver_to_po.canadapost.portal.answers import accept, read_json
from deliver_to_po.canadapost.portal.auth import TokenSource
from deliver_to_po.canadapost.transport import Answer, Transport
from deliver_to_po.canadapost.types import (
    Account,
    Artifact,
    Language,
    OfficeQuery,
    PostOffice,
    ShipmentDetails,
    ShipmentInfo,
    ShipmentRequest,
)

JSON = "application/json"


class PortalCanadaPost(CanadaPost):
    """Canada Post through the Developer Portal API."""

    capabilities = Capabilities(find_by_request_id=True)

    def __init__(self, transport: Transport, tokens: TokenSource, account: Account, language: Language = "en"):
        self.account = account
        self._transport = transport
        self._tokens = tokens
        self._language = "fr-CA" if language == "fr" else "en-CA"

    def find_offices(self, query: OfficeQuery, *, maximum: int = 50) -> list[PostOffice]:
        operation = "find post offices"
        try:
            answer = self._get(operation, postoffices.SEARCH_PATH, params=postoffices.search_params(query, maximum))
        except errors.NotFound:
            return []
        return postoffices.read_offices(operation, read_json(operation, answer))

    def office(self, office_id: str) -> PostOffice:
        operation = "post office detail"
        answer = self._get(operation, postoffices.detail_path(office_id))
        return postoffices.read_office(operation, read_json(operation, answer), office_id=office_id)

    def create_shipment(self, request: ShipmentRequest) -> ShipmentInfo:
        operation = "create shipment"
        body = shipping.build_shipment(request, self.account)
        try:
            answer = self._call(operation, "POST", self._shipments, json=body, repeatable=False)
            return shipping.read_shipment(operation, read_json(operation, answer))
        except errors.Unreadable as error:
            raise errors.UnknownOutcome(operation, status=error.status, why=error.why) from None

    def find_shipments(self, request_id: str) -> Sequence[ShipmentInfo]:
        operation = "find shipment"
        try:
            answer = self._get(operation, self._shipments, params={"request-id": request_id})
        except errors.NotFound:
            return []
        hrefs = shipping.read_shipment_links(operation, read_json(operation, answer))
        return [self._shipment(href) for href in hrefs]

    def shipment_details(self, shipment_id: str) -> ShipmentDetails:
        operation = "shipment details"
        answer = self._get(operation, f"{self._shipments}/{shipping.path_segment(shipment_id)}/details")
        return shipping.read_details(operation, read_json(operation, answer))

    def label(self, shipment: ShipmentInfo) -> Artifact:
        operation = "label"
        link = shipment.link("label")
        if link is None:
            raise errors.NotFound(operation, why="the shipment has no label link")
        answer = self._get(operation, self._ours(operation, link.href), media_type=link.media_type)
        return shipping.read_label(operation, answer)

    def void_shipment(self, shipment_id: str) -> None:
        path = f"{self._shipments}/{shipping.path_segment(shipment_id)}"
        self._call("void shipment", "DELETE", path, repeatable=False)

    def _shipment(self, href: str) -> ShipmentInfo:
        operation = "shipment"
        return shipping.read_shipment(
            operation, read_json(operation, self._get(operation, self._ours(operation, href)))
        )

    @property
    def _shipments(self) -> str:
        return shipping.shipments_path(self.account)

    def _ours(self, operation: str, href: str) -> str:
        """Return ``href`` when it lies on the configured host: links in answers lead nowhere else."""
        if not self._transport.owns(href):
            raise errors.Unreadable(operation, why="a link leads to another host than the configured one")
        return href

    def _get(
        self, operation: str, path: str, *, params: Mapping[str, str] | None = None, media_type: str = JSON
    ) -> Answer:
        return self._call(operation, "GET", path, params=params, media_type=media_type, repeatable=True)

    def _call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        repeatable: bool,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        media_type: str = JSON,
    ) -> Answer:
        """Send one authorised call; a 401 gets a new token and one more try, which is safe: nothing was done."""
        url = path if path.startswith(("http://", "https://")) else self._transport.base_url + path
        for last_try in (False, True):
            token = self._tokens.token(self._transport)
            answer = self._transport.call(
                operation,
                method,
                url,
                headers={
                    "Authorization": f"Bearer {token}",
                    "Accept": media_type,
                    "Accept-Language": self._language,
                },
                repeatable=repeatable,
                params=params,
                json=json,
            )
            if answer.status != 401 or last_try:
                break
            self._tokens.forget(token)
        return accept(operation, answer, repeatable=repeatable)
