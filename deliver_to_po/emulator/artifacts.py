"""The documents that links lead to, by either API: labels and manifests."""

from dataclasses import dataclass
from functools import partial

from werkzeug.wrappers import Response

from deliver_to_po.emulator import specimens
from deliver_to_po.emulator.calls import Api, Call, Operation
from deliver_to_po.emulator.refusals import Answered, NoSuchThing, Refusals
from deliver_to_po.emulator.state import StoredManifest, StoredShipment
from deliver_to_po.emulator.told import Told, link


@dataclass(frozen=True)
class Artifacts:
    """Where an API has its documents; ``between`` stands before their numbers."""

    api: Api
    path: str
    between: str
    manifest_media_type: str
    refusals: Refusals

    def label_link(self, call: Call, shipment: StoredShipment) -> Told:
        address = self._address(call, specimens.label_key(shipment), shipment.number)
        return link("label", address, specimens.label_media_type(shipment), index=0)

    def manifest_link(self, call: Call, manifest: StoredManifest) -> Told:
        return link("artifact", self._address(call, manifest.po_number, manifest.number), self.manifest_media_type)

    def _address(self, call: Call, key: str, number: int) -> str:
        return f"{call.base}{self.path}/{key}/{self.between}{specimens.FIRST_ARTIFACT + number}/0"

    def label(self, call: Call, key: str, artifact: int, index: int) -> Response:
        """Answer a label in its link's media type; 202 as often as ``label_waits``, 302 with ``label_redirects``."""
        shipment = call.world.state.shipment_by_number(artifact - specimens.FIRST_ARTIFACT)
        if shipment is None or key != specimens.label_key(shipment) or index or shipment.status == "suspended":
            raise NoSuchThing("artifact")
        self._check_accept(call, specimens.label_media_type(shipment))
        if call.world.state.ask_for_label(shipment.number) <= call.world.config.label_waits:
            return Response("", 202)
        if call.world.config.label_redirects:
            host, _, port = call.request.host.rpartition(":")
            elsewhere = f"http://{'127.0.0.1' if host == 'localhost' else 'localhost'}:{port}"
            return Response("", 302, {"Location": f"{elsewhere}/_emulator/documents/{shipment.shipment_id}"})
        content, media_type = specimens.label(shipment)
        return Response(content, content_type=media_type)

    def manifest(self, call: Call, key: str, artifact: int, index: int) -> Response:
        found = next((one for one in call.world.state.manifests() if one.po_number == key), None)
        if found is None or artifact != specimens.FIRST_ARTIFACT + found.number or index:
            raise NoSuchThing("artifact")
        self._check_accept(call, specimens.PDF)
        return Response(specimens.manifest(call.world.state, found), content_type=specimens.PDF)

    def _check_accept(self, call: Call, media_type: str) -> None:
        if media_type not in list(call.request.accept_mimetypes.values()):
            raise Answered(self.refusals.gateway(406, "Not Acceptable", f"Accept must name {media_type}."))

    def operations(self) -> tuple[Operation, ...]:
        operation = partial(Operation, api=self.api, answers="", limit="shipping")
        rest = f"{self.between}<int:artifact>/<int:index>"
        return (
            operation("label", "GET", f"{self.path}/<string(length=16):key>/{rest}", self.label),
            operation("manifest_document", "GET", f"{self.path}/<string(length=10):key>/{rest}", self.manifest),
        )
