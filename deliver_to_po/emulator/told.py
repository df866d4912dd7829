"""What both APIs tell, each thing once and under the portal's names: the web services spell the same in XML."""

from typing import Any, TypeAlias

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.catalogue import (
    OPTIONS,
    SERVICES,
    OptionOffered,
    ServiceOffered,
)
from deliver_to_po.emulator.country.office import Near, Office
from deliver_to_po.emulator.parcel_history import ParcelHistory
from deliver_to_po.emulator.prices import FUEL_PERCENT, Cost, cost_of_shipment
from deliver_to_po.emulator.state import StoredEvent, StoredShipment

# Where a parcel begins its way if nobody says where.
FALLBACK_POINT = "K1A0B1"
# Texts, numbers (decimals too), truths, None, and lists and dicts of those.
Told: TypeAlias = dict[str, Any]


def link(rel: str, href: str, media_type: str, **more: Any) -> Told:
    return {"rel": rel, "href": href, "mediaType": media_type, **more}


def office(call: Call, place: Office) -> Told:
    return {
        "address": {
            "city": place.city,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "postalCode": place.postal_code,
            "province": place.province,
            "officeAddress": place.street,
        },
        "location": call.text(place.location, place.location_fr),
        "name": call.text(place.name, place.name_fr),
        "officeId": place.office_id,
        "bilingualDesignation": place.bilingual,
    }


def near_office(call: Call, near: Near, detail: Told) -> Told:
    """Return an office that a search finds, with the link to its detail."""
    return office(call, near.office) | {"distance": round(near.distance_km, 2), "link": detail}


def office_with_hours(call: Call, place: Office) -> Told:
    return office(call, place) | {"hoursList": [{"day": day, "time": list(times)} for day, times in place.hours]}


def price_of_shipment(shipment: StoredShipment) -> Told:
    cost = cost_of_shipment(shipment.spec)
    return {
        "serviceCode": cost.service,
        "baseAmount": cost.base,
        "pricedOptions": [{"optionCode": code, "optionPrice": price} for code, price in cost.options],
        "adjustments": [{"adjustmentCode": "FUELSC", "adjustmentAmount": cost.fuel}],
        "preTaxAmount": cost.before_tax,
        "gstAmount": cost.gst,
        "pstAmount": 0,
        "hstAmount": cost.hst,
        "dueAmount": cost.due,
        "serviceStandard": _standard(cost),
        "ratedWeight": cost.weight_kg,
    }


def _standard(cost: Cost) -> Told:
    """Return when a parcel should arrive."""
    return {
        "amDelivery": False,
        "guaranteedDelivery": cost.guaranteed,
        "expectedTransitTime": cost.days,
        "expectedDeliveryDate": cost.delivered_on.isoformat(),
    }


def quote(call: Call, cost: Cost, service_link: Told) -> Told:
    """Return the price of one service for a parcel."""
    taxes: Told = {"gst": {"amt": cost.gst}, "pst": {"amt": 0}, "hst": {"amt": cost.hst}}
    for name, percent in (("gst", cost.gst_percent), ("hst", cost.hst_percent)):
        taxes[name] |= {"percent": percent} if percent else {}
    fuel = {
        "adjustmentCode": "FUELSC",
        "adjustmentName": call.text("Fuel surcharge", "Supplément pour carburant"),
        "adjustmentCost": cost.fuel,
        "qualifier": {"percent": FUEL_PERCENT},
    }
    return {
        "serviceCode": cost.service,
        "serviceName": _name(call, SERVICES[cost.service]),
        "serviceLink": service_link,
        "priceDetails": {
            "base": cost.base,
            "taxes": taxes,
            "due": cost.due,
            "options": [
                {"optionCode": code, "optionName": _name(call, OPTIONS[code]), "optionPrice": price}
                for code, price in cost.options
            ],
            "adjustments": [fuel],
        },
        "weightDetails": {},
        "serviceStandard": _standard(cost),
    }


def option(call: Call, offered: OptionOffered) -> Told:
    """Return an option, and which others it excludes."""
    return {
        "optionCode": offered.code,
        "optionName": _name(call, offered),
        "optionClass": offered.kind,
        "printsOnLabel": True,
        "qualifierRequired": offered.qualifier_required,
        "conflictingOptions": list(offered.conflicts),
        "prerequisiteOptions": [],
    }


def _name(call: Call, offered: ServiceOffered | OptionOffered) -> str:
    return call.text(offered.name, offered.name_fr)


def shipment(made: StoredShipment, links: list[Told], *, created_now: bool = False) -> Told:
    priced = created_now and made.body.get("providePricingInfo")
    return {
        **({"customerRequestId": made.request_id} if made.request_id else {}),
        "shipmentId": made.shipment_id,
        "shipmentStatus": made.status,
        "trackingPin": made.pin,
        **({"shipmentPrice": price_of_shipment(made)} if priced else {}),
        "links": links,
    }


def links_of_shipment(made: StoredShipment, own: str, group: str, media_type: str, label: Told) -> list[Told]:
    """Return where a shipment leads to; ``own`` is its address, and ``group`` the query for those of its group."""
    addresses = {"self": own, "details": f"{own}/details"}
    if made.group_id:
        addresses["group"] = f"{own.rpartition('/')[0]}?{group}"
    if made.transmitted:
        addresses["refund"] = f"{own}/refund"
    links = [link(rel, address, media_type) for rel, address in addresses.items()]
    return links if made.status == "suspended" else [*links, label]


def details(made: StoredShipment) -> Told:
    """Return everything that was sent; a D2PO shipment's ``recipient`` repeats the destination."""
    spec, sender = dict(made.spec), made.spec["sender"]["addressDetails"]
    if made.office_id:
        spec["recipient"] = spec["destination"]
    names = [name for name in ("groupId", "transmitShipment", "expectedMailingDate") if name in made.body]
    return {
        "shipmentStatus": made.status,
        "finalShippingPoint": made.body.get("requestedShippingPoint", sender.get("postalZipCode", FALLBACK_POINT)),
        "trackingPin": made.pin,
        "shipmentDetail": {**{name: made.body[name] for name in names}, "deliverySpec": spec},
    }


def ticket(number: str, day: str) -> Told:
    return {"serviceTicketDate": day, "serviceTicketId": number}


def history(call: Call, found: ParcelHistory) -> Told:
    """Return where a parcel is: every event, newest first."""
    offered = SERVICES[found.service]
    return {
        "pin": found.pin,
        "activeExists": True,
        "archiveExists": False,
        "changedExpectedDate": None,
        "expectedDeliveryDate": found.expected_on.isoformat(),
        "changedExpectedDeliveryReason": None,
        "destinationPostalId": found.destination_postal_id,
        "serviceName": offered.name,
        "serviceName2": offered.name_fr,
        **found.references,
        "returnPin": None,
        "signatureImageExists": False,
        "suppressSignature": False,
        "deliveryOptions": [],
        "significantEvents": [_event(call, event) for event in found.events],
    }


def _event(call: Call, event: StoredEvent) -> Told:
    return {
        "eventIdentifier": f"{event.code:04d}",
        "eventDate": event.at.date().isoformat(),
        "eventTime": event.at.time().isoformat(),
        "eventTimeZone": event.zone,
        "eventDescription": call.text(event.english, event.french),
        "eventSite": event.site or None,
        "eventProvince": event.province or None,
        "eventRetailLocationId": event.office_id.lstrip("0") or None,
        "eventRetailName": event.office_name or None,
    }


def summary(call: Call, found: ParcelHistory) -> Told:
    """Return where a parcel was last seen."""
    newest = found.events[0]
    return {
        "pin": found.pin,
        "serviceName": _name(call, SERVICES[found.service]),
        "mailedOnDate": found.mailed_on.isoformat(),
        "expectedDeliveryDate": found.expected_on.isoformat(),
        "actualDeliveryDate": found.delivered_on.isoformat() if found.delivered_on else None,
        "attemptedDate": None,
        "eventDateTime": newest.at.strftime("%Y%m%d:%H%M%S"),
        "eventDescription": call.text(newest.english, newest.french),
        "eventType": found.event_type,
        "eventLocation": f"{newest.site},{newest.province}" if newest.site else "",
        "destinationProvince": found.destination_province,
        "originPostalId": found.origin_postal_id,
        "destinationPostalId": found.destination_postal_id,
        "deliveryOptionCompletedInd": "2",
        **found.references,
        "returnPin": "",
    }
