"""The calls about shipments, groups and manifests: the same over both APIs, each in its own words."""

from abc import ABC
from collections.abc import Mapping, Sequence
from typing import ClassVar
from urllib.parse import quote

from werkzeug.wrappers import Response

from deliver_to_po.emulator import shipments, told
from deliver_to_po.emulator.artifacts import Artifacts
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.formats import Format
from deliver_to_po.emulator.schema.shapes import All
from deliver_to_po.emulator.schema.tables import REFUND, TRANSMIT_SET
from deliver_to_po.emulator.shipment_search import asked_shipments, known, listed_manifests
from deliver_to_po.emulator.shipments import check_customer, shipment_of
from deliver_to_po.emulator.state import StoredManifest, StoredShipment


class Shipping(ABC):
    """What one API calls everything; ``look_ups`` are the parameters of its searches, the official one first."""

    format: ClassVar[Format]
    of_manifests: ClassVar[Format]
    root: ClassVar[str]
    shipments: ClassVar[str]
    groups: ClassVar[str]
    manifests: ClassVar[str]
    look_ups: ClassVar[Mapping[str, Sequence[str]]]
    between: ClassVar[Sequence[tuple[str, str]]]
    artifacts: ClassVar[Artifacts]
    shape: ClassVar[All]

    def create(self, call: Call, customer: str, mobo: str) -> Response:
        """Make a shipment; each customerRequestId makes one at most."""
        check_customer(call, customer, mobo)
        made = shipments.make_shipment(call, customer, mobo, self.format.body(call, "shipment", self.shape))
        return self.format.answer("shipment-info", self.made(call, made))

    def made(self, call: Call, shipment: StoredShipment) -> told.Told:
        """Return a shipment that was just made, with its price."""
        return told.shipment(shipment, self.links(call, shipment), created_now=True)

    def find(self, call: Call, customer: str, mobo: str) -> Response:
        """Answer links to the shipments with a number, or made without manifest on a day; none is an empty list."""
        check_customer(call, customer, mobo)
        return self.listed(call, asked_shipments(call, self.look_ups))

    def listed(self, call: Call, found: Sequence[StoredShipment]) -> Response:
        links = [self.format.link("shipment", self.address(call, one)) for one in found]
        return self.format.answer("shipments", links, "link")

    def get(self, call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
        found = shipment_of(call, customer, mobo, shipment_id)
        return self.format.answer("shipment-info", told.shipment(found, self.links(call, found)))

    def get_details(self, call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
        return self.format.answer("shipment-details", self.details(shipment_of(call, customer, mobo, shipment_id)))

    def details(self, shipment: StoredShipment) -> told.Told:
        return told.details(shipment)

    def void(self, call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
        shipments.void(call, shipment_of(call, customer, mobo, shipment_id))
        return Response("", 204)

    def refund(self, call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
        """Take in a refund request for a transmitted shipment, once."""
        shipment = shipment_of(call, customer, mobo, shipment_id)
        self.format.body(call, "shipment-refund-request", REFUND)
        return self.format.answer("shipment-refund-request-info", told.ticket(*shipments.refund(call, shipment)))

    def list_groups(self, call: Call, customer: str, mobo: str) -> Response:
        """Answer the groups that hold something to transmit."""
        check_customer(call, customer, mobo)
        where = f"{call.base}{self.root}/{customer}/{mobo}/{self.shipments}"
        groups = [
            {"groupId": group, "link": self.format.link("group", f"{where}?{self.of_group(call, group)}")}
            for group in call.world.state.open_groups()
        ]
        return self.format.answer("groups", groups)

    def transmit(self, call: Call, customer: str, mobo: str) -> Response:
        """Transmit groups; answer a link to the manifest that is being made."""
        check_customer(call, customer, mobo)
        body = self.of_manifests.body(call, "transmit-set", TRANSMIT_SET)
        return self.list_manifests(call, [shipments.transmit(call, customer, mobo, body)])

    def find_manifests(self, call: Call, customer: str, mobo: str) -> Response:
        """Answer links to the manifests that were made between two days."""
        check_customer(call, customer, mobo)
        return self.list_manifests(call, listed_manifests(call, *self.between))

    def list_manifests(self, call: Call, found: Sequence[StoredManifest]) -> Response:
        links = [self.of_manifests.link("manifest", self.address_of_manifest(call, one)) for one in found]
        return self.of_manifests.answer("manifests", links)

    def get_manifest(self, call: Call, customer: str, mobo: str, manifest_id: str) -> Response:
        """Answer a manifest; 9153 as often as ``manifest_waits``."""
        found = shipments.manifest_of(call, customer, mobo, manifest_id)
        by_manifest = known(call, *self.look_ups["manifest_id"])[-1]
        its_shipments = f"{call.base}{self.root}/{found.customer}/{found.mobo}/{self.shipments}"
        links = [
            self.of_manifests.link("self", self.address_of_manifest(call, found)),
            self.artifacts.manifest_link(call, found),
            self.of_manifests.link("manifestShipments", f"{its_shipments}?{by_manifest}={found.manifest_id}"),
        ]
        return self.of_manifests.answer("manifest", {"poNumber": found.po_number, "links": links})

    def of_group(self, call: Call, group: str) -> str:
        """Return the query for the shipments of a group."""
        return f"{known(call, *self.look_ups['group_id'])[-1]}={quote(group, safe='')}"

    def address(self, call: Call, one: StoredShipment) -> str:
        return f"{call.base}{self.root}/{one.customer}/{one.mobo}/{self.shipments}/{one.shipment_id}"

    def address_of_manifest(self, call: Call, one: StoredManifest) -> str:
        return f"{call.base}{self.root}/{one.customer}/{one.mobo}/{self.manifests}/{one.manifest_id}"

    def links(self, call: Call, shipment: StoredShipment) -> list[told.Told]:
        group, label = self.of_group(call, shipment.group_id), self.artifacts.label_link(call, shipment)
        return told.links_of_shipment(shipment, self.address(call, shipment), group, self.format.media_type, label)

    def operations(self) -> Sequence[Operation]:
        account = f"{self.root}/<customer>/<mobo>"
        every, manifests = f"{account}/{self.shipments}", f"{account}/{self.manifests}"
        one = f"{every}/<shipment_id>"
        shipping, of_manifests = self.format.operation, self.of_manifests.operation
        return (
            shipping("create_shipment", "POST", every, self.create, "shipping"),
            shipping("find_shipments", "GET", every, self.find),
            shipping("get_shipment", "GET", one, self.get),
            shipping("shipment_details", "GET", f"{one}/details", self.get_details),
            shipping("void_shipment", "DELETE", one, self.void, "void"),
            shipping("refund_shipment", "POST", f"{one}/refund", self.refund, "void"),
            shipping("groups", "GET", f"{account}/{self.groups}", self.list_groups),
            of_manifests("transmit", "POST", manifests, self.transmit),
            of_manifests("find_manifests", "GET", manifests, self.find_manifests),
            of_manifests("get_manifest", "GET", f"{manifests}/<manifest_id>", self.get_manifest),
            *self.artifacts.operations(),
        )
