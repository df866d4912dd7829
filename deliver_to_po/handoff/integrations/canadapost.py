"""Canada Post itself as the shipping system: it makes the D2PO shipment and its label."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.errors import NotEntitled
from deliver_to_po.canadapost.identifiers import comparable_office_id, normalize_postal_code
from deliver_to_po.canadapost.types import Address, Artifact, ShipmentInfo, ShipmentRequest
from deliver_to_po.carrier import canada_post, is_production
from deliver_to_po.choices import Reason
from deliver_to_po.conf import CanadaPostSettings, app_settings
from deliver_to_po.handoff.integrations.base import ShippingSystem


class CanadaPostShipping(ShippingSystem):
    """Hands a shipment to Canada Post's own service, through the API that is chosen when the shipment is released."""

    supports_d2po = True

    def __init__(self, alias: str, options: Mapping[str, Any], api: str = ""):
        super().__init__(alias, options)
        self._api = api

    @property
    def api(self) -> str:
        return self._settings.api

    @property
    def can_look_up(self) -> bool:
        can = self._canada_post.capabilities
        return can.find_by_request_id or can.find_by_group

    def speaking(self, api: str) -> Self:
        return type(self)(self.alias, self.options, api)

    def obstacle(self, *, live: bool) -> Reason:
        settings = app_settings.canada_post
        if live and not settings.live:
            return Reason.LIVE_OFF
        if not live and settings.live:
            return Reason.TEST_ONLY
        return Reason.LIVE_OFF if self._forbidden else Reason.NONE

    def create(self, request: ShipmentRequest) -> ShipmentInfo:
        if self._forbidden:
            raise NotEntitled("create shipment", why="LIVE is off and this is Canada Post's production host")
        return self._canada_post.create_shipment(request)

    def look_up(self, request: ShipmentRequest) -> Sequence[ShipmentInfo]:
        carrier = self._canada_post
        if carrier.capabilities.find_by_request_id:
            return carrier.find_shipments(request.request_id)
        return [info for info in carrier.find_by_group(request.group_id) if info.request_id == request.request_id]

    def is_same(self, shipment: ShipmentInfo, request: ShipmentRequest) -> bool:
        if shipment.request_id not in ("", request.request_id):
            return False
        held = self._canada_post.shipment_details(shipment.shipment_id)
        return (
            comparable_office_id(held.office_id) == comparable_office_id(request.office_id)
            and held.service == request.service
            and _folded(held.recipient_name) == _folded(request.recipient.name)
            and _comparable(held.recipient_address) == _comparable(request.recipient.address)
        )

    def label(self, shipment: ShipmentInfo) -> Artifact:
        return self._canada_post.label(shipment)

    @property
    def _canada_post(self) -> CanadaPost:
        return canada_post(api=self._api, background=True)

    @property
    def _settings(self) -> CanadaPostSettings:
        return app_settings.canada_post.speaking(self._api)

    @property
    def _forbidden(self) -> bool:
        """Say whether a create would reach the production host with the switch off: it must not."""
        return not self._settings.live and is_production(self._settings)


def _comparable(address: Address) -> tuple[str, ...]:
    return (
        _folded(address.line_1),
        _folded(address.line_2),
        _folded(address.city),
        _folded(address.province),
        normalize_postal_code(address.postal_code),
    )


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
