"""Specimen labels and manifests of what was made: the words on them, as PDF or ZPL, and the keys of their links."""

import hashlib
from typing import Any

from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.emulator.catalogue import D2PO, SERVICES
from deliver_to_po.emulator.country import offices
from deliver_to_po.emulator.state import State, StoredManifest, StoredShipment
from deliver_to_po.labels.specimen import DELIVER_TO_POST_OFFICE, SpecimenWords, render_specimen
from deliver_to_po.labels.specimen_manifest import ManifestRow, ManifestWords, render_manifest

PDF = "application/pdf"
ZPL = "application/zpl"
FIRST_ARTIFACT = 10_001_500_000


def label_key(shipment: StoredShipment) -> str:
    """Return the part of a label's address that nobody can guess: 16 characters."""
    return hashlib.blake2b(shipment.shipment_id.encode(), digest_size=8).hexdigest()


def label_media_type(shipment: StoredShipment) -> str:
    """Return the media type of a shipment's label: PDF, or ZPL where that was asked for."""
    return ZPL if shipment.spec.get("printPreferences", {}).get("encoding") == "ZPL" else PDF


def label(shipment: StoredShipment) -> tuple[bytes, str]:
    """Return a shipment's label and its media type; ZPL says SPECIMEN and has the tracking number as Code 128."""
    if label_media_type(shipment) == PDF:
        return pdf_label(shipment), PDF
    text = f"^XA^CI28^FO40,40^A0N,60^FDSPECIMEN^FS^FO40,140^BCN,160,Y^FD{shipment.pin}^FS^XZ"
    return text.encode(), ZPL


def pdf_label(shipment: StoredShipment) -> bytes:
    paper = shipment.spec.get("printPreferences", {}).get("outputFormat", "")
    return render_specimen(words(shipment), letter=paper == "8.5x11")


def manifest(state: State, stored: StoredManifest) -> bytes:
    address = stored.body["manifestAddress"]
    rows = tuple(
        ManifestRow(
            one.pin, one.spec["serviceCode"], _reference(one), f"{one.spec['parcelCharacteristics']['weight']:g} kg"
        )
        for one in state.find_shipments(manifest_id=stored.manifest_id)
    )
    return render_manifest(
        ManifestWords(
            number=stored.po_number,
            sender=(address["manifestCompany"], *_address_lines(address["addressDetails"])),
            facts=(stored.created_on.isoformat(), ", ".join(stored.body["groupIds"])),
            rows=rows,
        )
    )


def words(shipment: StoredShipment) -> SpecimenWords:
    """Return the words on a shipment's label: the office's address, as Canada Post prints it, and who picks it up."""
    spec = shipment.spec
    sender, destination = spec["sender"], spec["destination"]
    return SpecimenWords(
        sender=(sender["company"], sender.get("name", ""), *_address_lines(sender["addressDetails"])),
        office=_office_lines(spec) or _address_lines(destination["addressDetails"]),
        recipient=destination.get("name") or destination.get("company", ""),
        service=_service_name(spec["serviceCode"]),
        tracking_pin=shipment.pin,
        reference=_reference(shipment),
        facts=_facts(spec),
        office_heading=DELIVER_TO_POST_OFFICE if _office_lines(spec) else "To / Destinataire",
    )


def _service_name(code: str) -> str:
    offered = SERVICES.get(code)
    return " / ".join(dict.fromkeys((offered.name, offered.name_fr))) if offered else code


def _reference(shipment: StoredShipment) -> str:
    return str(shipment.spec.get("references", {}).get("customerRef1", ""))


def _office_lines(spec: dict[str, Any]) -> tuple[str, ...]:
    for option in spec.get("options", ()):
        office = offices.office(option.get("optionQualifier2", "")) if option["optionCode"] == D2PO else None
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
