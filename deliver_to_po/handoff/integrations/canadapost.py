"""Canada Post itself as the shipping system: it makes the D2PO shipment and its label."""

from collections.abc import Sequence

from deliver_to_po.canadapost.errors import NotEntitled
from deliver_to_po.canadapost.identifiers import comparable_office_id, normalize_postal_code
from deliver_to_po.canadapost.types import Address, Artifact, ShipmentInfo, ShipmentRequest
from deliver_to_po.carrier import canada_post, is_production
from deliver_to_po.choices import Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.integrations.base import ShippingSystem


class CanadaPostShipping(ShippingSystem):
    """Hands a shipment to Canada Post's own web service."""

    supports_d2po = True
    can_look_up = True
    api = "portal"

    def obstacle(self, *, live: bool) -> Reason:
        settings = app_settings.canada_post
        if live and not settings.live:
            return Reason.LIVE_OFF
        if not live and settings.live:
            return Reason.TEST_ONLY
        return Reason.LIVE_OFF if _forbidden() else Reason.NONE

    def create(self, request: ShipmentRequest) -> ShipmentInfo:
        if _forbidden():
            raise NotEntitled("create shipment", why="LIVE is off and this is Canada Post's production host")
        return canada_post().create_shipment(request)

    def look_up(self, request_id: str) -> Sequence[ShipmentInfo]:
        return canada_post().find_shipments(request_id)

    def is_same(self, shipment: ShipmentInfo, request: ShipmentRequest) -> bool:
        held = canada_post().shipment_details(shipment.shipment_id)
        return (
            comparable_office_id(held.office_id) == comparable_office_id(request.office_id)
            and held.service == request.service
            and _folded(held.recipient_name) == _folded(request.recipient.name)
            and _comparable(held.recipient_address) == _comparable(request.recipient.address)
        )

    def label(self, shipment: ShipmentInfo) -> Artifact:
        return canada_post().label(shipment)


def _forbidden() -> bool:
    """Say whether a create would reach the production host with the switch off: it must not."""
    settings = app_settings.canada_post
    return not settings.live and is_production(settings)


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
