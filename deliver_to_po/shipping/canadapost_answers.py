"""Canada Post's answers and errors as the answers of the port, and a made shipment back as Canada Post gave it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TypedDict

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.types import Link, ShipmentInfo, ShipmentStatus
from deliver_to_po.choices import Reason
from deliver_to_po.shipping.base import Made, NotYet, Refused, Unknown
from deliver_to_po.shipping.rules import refusal

# Errors after which the same may be asked again: nothing was made.
NOT_YET: Mapping[type[errors.CanadaPostError], Reason] = {
    errors.CredentialsRefused: Reason.CREDENTIALS,
    errors.NotEntitled: Reason.NOT_ENTITLED,
    errors.Throttled: Reason.THROTTLED,
    errors.Unavailable: Reason.UNAVAILABLE,
    # A 404 without a code of Canada Post's is an address that is not there just now, no judgement of the request.
    errors.NotFound: Reason.UNAVAILABLE,
}
MANIFEST = {errors.NotReady: Reason.MANIFEST_NOT_READY, errors.Unreadable: Reason.MANIFEST_UNREADABLE}
LABEL = {errors.NotReady: Reason.LABEL_NOT_READY, errors.Unreadable: Reason.LABEL_UNREADABLE}


class Said(TypedDict):
    """What every answer tells staff of an error."""

    said: str
    status: int | None
    codes: tuple[str, ...]


def not_made(error: errors.CanadaPostError) -> NotYet | Refused | Unknown:
    """Return what an error says of a shipment that was asked for."""
    if isinstance(error, errors.InvalidRequest):
        return refusal(error)
    if isinstance(error, errors.Refused) or (isinstance(error, errors.NotFound) and error.codes):
        return Refused(**_said(error))
    if type(error) in NOT_YET:
        return not_now(error)
    return Unknown(at_once=isinstance(error, errors.AlreadyExists), **_said(error))


def not_now(error: errors.CanadaPostError) -> NotYet:
    """Return what an error says of something that does no harm when it is asked again."""
    reason = NOT_YET.get(type(error), Reason.UNAVAILABLE)
    return NotYet(reason=reason, seconds=error.retry_after, **_said(error))


def no_label(error: errors.CanadaPostError) -> NotYet:
    """Return why there is no label now."""
    if type(error) not in LABEL:
        return not_now(error)
    return NotYet(reason=LABEL[type(error)], seconds=error.retry_after, **_said(error))


def no_manifest(error: errors.CanadaPostError) -> NotYet:
    """Return why there is no manifest to print now."""
    if type(error) not in MANIFEST:
        return not_now(error)
    return NotYet(reason=MANIFEST[type(error)], seconds=error.retry_after, **_said(error))


def _said(error: errors.CanadaPostError) -> Said:
    return {"said": error.explain(), "status": error.status, "codes": error.codes}


def made_of(info: ShipmentInfo) -> Made:
    """Return a shipment that Canada Post has made, with the links that lead to its label."""
    return Made(
        shipment_id=info.shipment_id,
        tracking_number=info.tracking_pin,
        data={"links": [asdict(link) for link in info.links]},
        transmitted=info.status == ShipmentStatus.TRANSMITTED,
        suspended=info.status == ShipmentStatus.SUSPENDED,
        price=info.price,
    )


def info_of(made: Made) -> ShipmentInfo:
    """Return the shipment as Canada Post's clients want it, from what ``made_of`` kept."""
    return ShipmentInfo(
        shipment_id=made.shipment_id,
        status=ShipmentStatus.CREATED,
        tracking_pin=made.tracking_number,
        links=tuple(Link(**row) for row in made.data.get("links", ())),
    )
