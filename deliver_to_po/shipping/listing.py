"""What a shipping system lists of what it holds, to be compared with the shop's own rows. For systems that can tell."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from deliver_to_po.shipping.answers import Made, NotYet
from deliver_to_po.shipping.base import ShippingSystem


@dataclass(frozen=True)
class Held:
    """A shipment as the system holds it; ``""`` for what it does not say.

    ``reference`` is the shop's own, ``group`` where it lies until it is transmitted.
    """

    made: Made
    request_id: str = ""
    reference: str = ""
    group: str = ""


class ListsShipments(ShippingSystem):
    """A shipping system that can be asked what it holds. Like any other answer of one, none of these raises.

    Each list is one call or a few, never one for each shipment: that is what ``about`` is for.
    """

    @property
    @abstractmethod
    def has_groups(self) -> bool:
        """Say whether shipments lie in groups until they are transmitted; else they are listed by day."""

    @abstractmethod
    def groups(self) -> Sequence[str] | NotYet:
        """Return the names of the groups that it has, whoever made them; some may be empty."""

    @abstractmethod
    def in_group(self, group: str) -> Sequence[str] | NotYet:
        """Return the ids of the shipments in a group; it may leave out those that are transmitted."""

    @abstractmethod
    def made_on(self, day: date) -> Sequence[str] | NotYet:
        """Return the ids of the shipments that were made on a day without a group."""

    @abstractmethod
    def manifests(self, first: date, last: date) -> Sequence[str] | NotYet:
        """Return the ids of the manifests that were made from one day to another."""

    @abstractmethod
    def in_manifest(self, manifest_id: str) -> Sequence[str] | NotYet:
        """Return the ids of the shipments that a manifest tells of."""

    @abstractmethod
    def about(self, shipment_id: str) -> Held | NotYet | None:
        """Return a shipment, None if the system holds none of that id."""
