"""The documents that the portal's links lead to: for now, labels."""

import hashlib
from typing import Any

from werkzeug.wrappers import Response

from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.emulator import offices
from deliver_to_po.emulator.answers import gateway, link, not_found
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.state import StoredShipment
from deliver_to_po.labels.specimen import DELIVER_TO_POST_OFFICE, SpecimenWords, render_specimen

PDF = "application/pdf"
ZPL = "application/zpl"
PATH = "/shipping/v1/artifacts/<key>/shipping/<int:artifact>/<int:index>"
_FIRST_ARTIFACT = 10_001_500_000
_SERVICE_NAMES = {"DOM.EP": "Expedited Parcel / Colis accélérés", "DOM.XP": "Xpresspost"}


def label_link(call: Call, shipment: StoredShipment) -> dict[str, Any]:
    """Return the link to a shipment's label."""
    address = f"{call.base}/shipping/v1/artifacts/{_key(shipment)}/shipping/{_FIRST_ARTIFACT + shipment.number}/0"
    return link("label", address, _media_type(shipment), index=0)


def label(call: Call, key: str, artifact: int, index: int) -> Response:
    """Answer a label in the media type of its link; 202 as often as the emulator was told to."""
    shipment = call.world.state.shipment_by_number(artifact - _FIRST_ARTIFACT)
    if shipment is None or key != _key(shipment) or index:
        return not_found("artifact")
    media_type = _media_type(shipment)
    if media_type not in list(call.request.accept_mimetypes.values()):
        return gateway(406, "Not Acceptable", f"Accept must name {media_type}.")
    if call.world.state.ask_for_label(shipment.number) <= call.world.config.label_waits:
        return Response("", 202)
    content = zpl_label(shipment) if media_type == ZPL else pdf_label(shipment)
    return Response(content, content_type=media_type)


def pdf_label(shipment: StoredShipment) -> bytes:
    """Return the specimen label of a shipment as PDF."""
    return render_specimen(words(shipment))


def zpl_label(shipment: StoredShipment) -> bytes:
    """Return a few lines of ZPL that say SPECIMEN and carry the tracking number as Code 128."""
    text = f"^XA^CI28^FO40,40^A0N,60^FDSPECIMEN^FS^FO40,140^BCN,160,Y^FD{shipment.pin}^FS^XZ"
    return text.encode()


def words(shipment: StoredShipment) -> SpecimenWords:
    """Return what stands on a shipment's label: the office's address, as Canada Post prints it, and who picks it up."""
    spec = shipment.body["deliverySpec"]
    sender, destination = spec["sender"], spec["destination"]
    return SpecimenWords(
        sender=(sender["company"], sender.get("name", ""), *_address_lines(sender["addressDetails"])),
        office=_office_lines(spec) or _address_lines(destination["addressDetails"]),
        recipient=destination.get("name") or destination.get("company", ""),
        service=_SERVICE_NAMES.get(spec["serviceCode"], spec["serviceCode"]),
        tracking_pin=shipment.pin,
        reference=spec.get("references", {}).get("customerRef1", ""),
        facts=_facts(spec),
        office_heading=DELIVER_TO_POST_OFFICE if _office_lines(spec) else "To / Destinataire",
    )


def _office_lines(spec: dict[str, Any]) -> tuple[str, ...]:
    for option in spec.get("options", ()):
        office = offices.office(option.get("optionQualifier2", "")) if option["optionCode"] == "D2PO" else None
        if office is not None:
            last = f"{office.city} {office.province}  {display_postal_code(office.postal_code)}"
            return office.name, office.location, office.street, last
    return ()


def _address_lines(address: dict[str, Any]) -> tuple[str, ...]:
    last = f"{address.get('city', '')} {address.get('provState', '')}  "
    last += display_postal_code(address.get("postalZipCode", ""))
    return address.get("addressLine1", ""), address.get("addressLine2", ""), last


def _facts(spec: dict[str, Any]) -> tuple[str, ...]:
    parcel = spec["parcelCharacteristics"]
    sides = parcel.get("dimensions", {})
    size = " × ".join(f"{sides[name]:g}" for name in ("length", "width", "height") if name in sides)
    codes = " · ".join(option["optionCode"] for option in spec.get("options", ()))
    return f"{parcel['weight']:g} kg", f"{size} cm" if size else "", codes


def _media_type(shipment: StoredShipment) -> str:
    printing = shipment.body["deliverySpec"].get("printPreferences", {})
    return ZPL if printing.get("encoding") == "ZPL" else PDF


def _key(shipment: StoredShipment) -> str:
    return hashlib.blake2b(shipment.shipment_id.encode(), digest_size=8).hexdigest()


OPERATIONS = (Operation("label", "GET", PATH, label, answers_json=False),)
