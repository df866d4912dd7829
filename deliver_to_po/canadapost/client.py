"""The one interface to Canada Post that both of its APIs share."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from deliver_to_po.canadapost.types import (
    Account,
    Artifact,
    OfficeQuery,
    PostOffice,
    ShipmentDetails,
    ShipmentInfo,
    ShipmentRequest,
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an API can do beyond locating offices and creating, labelling and voiding shipments."""

    find_by_request_id: bool


class CanadaPost(ABC):
    """Canada Post, for one account and one language.

    Every method raises a class of ``deliver_to_po.canadapost.errors`` and nothing else.
    """

    capabilities: Capabilities
    account: Account

    @abstractmethod
    def find_offices(self, query: OfficeQuery, *, maximum: int = 50) -> list[PostOffice]:
        """Return the nearest offices that accept D2PO, nearest first, at most 50; none near is an empty list."""

    @abstractmethod
    def office(self, office_id: str) -> PostOffice:
        """Return one office with its hours; raises NotFound when there is none."""

    @abstractmethod
    def create_shipment(self, request: ShipmentRequest) -> ShipmentInfo:
        """Make a D2PO shipment.

        Raises InvalidRequest before any call when a D2PO rule is broken, and UnknownOutcome when it may have been made.
        """

    @abstractmethod
    def find_shipments(self, request_id: str) -> Sequence[ShipmentInfo]:
        """Return the shipments made under that request id; one made seconds ago may not show yet."""

    @abstractmethod
    def shipment_details(self, shipment_id: str) -> ShipmentDetails:
        """Return what Canada Post holds of a shipment."""

    @abstractmethod
    def label(self, shipment: ShipmentInfo) -> Artifact:
        """Return the label of a shipment; raises NotReady while Canada Post is still making it."""

    @abstractmethod
    def void_shipment(self, shipment_id: str) -> None:
        """Take back a shipment that is not transmitted yet; raises Refused (8064) once it is."""
