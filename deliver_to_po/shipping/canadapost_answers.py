"""Canada Post's answers and errors as the answers of the port, and a made shipment back as Canada Post gave it."""

import re
from collections.abc import Mapping
from typing import TypedDict

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.types import Link, ShipmentInfo, ShipmentStatus
from deliver_to_po.core.choices import Reason
from deliver_to_po.shipping.answers import Made, NotYet, RefundAsked, Refused, Unknown
from deliver_to_po.shipping.objections import refusal

# Errors after which the same may be asked again: nothing was made.
NOT_YET: Mapping[type[errors.CanadaPostError], Reason] = {
    errors.CredentialsRefused: Reason.CREDENTIALS,
    errors.NotEntitled: Reason.NOT_ENTITLED,
    errors.Throttled: Reason.THROTTLED,
    errors.Unavailable: Reason.UNAVAILABLE,
    # A 404 without a code of Canada Post's is an address that is not there just now, no judgement of the request.
    errors.NotFound: Reason.UNAVAILABLE,
}
VOID_TOO_LATE, VOID_INSTEAD, REFUND_ASKED_BEFORE, REFUND_LATER = "8064", "7291", "7292", "7296"
# No default card in the profile, or it could not be charged.
NO_CARD = {"9174", "1182"}
# Banks take badly to a card that is tried each few minutes.
CARD_AGAIN_SECONDS = 3600.0
NOT_HELD_TO_EXCLUDE = "9119"
# The customer number is not this login's, or the contract not this customer's: nothing is wrong with the parcel.
WRONG_ACCOUNT = {"AA003", "AA004", "1702", "2561"}
# The tracking number stands for several parcels.
DUPLICATE_PIN = "2"
# In place of a manifest: the default card is missing, or the account may not pay.
TRANSMIT_FAILED = {"9154", "1653"}
MANIFEST = {errors.NotReady: Reason.MANIFEST_NOT_READY, errors.Unreadable: Reason.MANIFEST_UNREADABLE}
LABEL = {errors.NotReady: Reason.LABEL_NOT_READY, errors.Unreadable: Reason.LABEL_UNREADABLE}


class Said(TypedDict):
    """What every answer tells staff of an error."""

    said: str
    status: int | None
    codes: tuple[str, ...]


def not_made(error: errors.CanadaPostError) -> NotYet | Refused | Unknown:
    if isinstance(error, errors.InvalidRequest):
        return refusal(error)
    if NO_CARD.intersection(error.codes) and isinstance(error, errors.Refused):
        return NotYet(reason=Reason.NO_CARD, seconds=CARD_AGAIN_SECONDS, **_said(error))
    if _is_wrong_account(error):
        return not_now(error)
    if isinstance(error, errors.Refused) or (isinstance(error, errors.NotFound) and error.codes):
        return Refused(**_said(error))
    if type(error) in NOT_YET:
        return not_now(error)
    return Unknown(exists=isinstance(error, errors.AlreadyExists), **_said(error))


def not_now(error: errors.CanadaPostError) -> NotYet:
    """Return what an error says of something that does no harm when it is asked again."""
    reason = Reason.NOT_ENTITLED if _is_wrong_account(error) else NOT_YET.get(type(error), Reason.UNAVAILABLE)
    return NotYet(reason=reason, seconds=error.retry_after, **_said(error))


def _is_wrong_account(error: errors.CanadaPostError) -> bool:
    """Say whether the account in the shop's settings is refused: the same goes through once that is mended."""
    return isinstance(error, errors.Refused) and not WRONG_ACCOUNT.isdisjoint(error.codes)


def no_history(error: errors.CanadaPostError) -> NotYet:
    """Return why nothing is told of a parcel: UNREADABLE or REFUSED concerns this one alone, all else every parcel."""
    if isinstance(error, errors.Unreadable):
        return NotYet(reason=Reason.UNREADABLE, **_said(error))
    # No call is made for what cannot be a tracking number.
    if isinstance(error, errors.InvalidRequest) or DUPLICATE_PIN in {code.lstrip("0") for code in error.codes}:
        return NotYet(reason=Reason.REFUSED, **_said(error))
    return not_now(error)


def no_label(error: errors.CanadaPostError) -> NotYet:
    if type(error) not in LABEL:
        return not_now(error)
    return NotYet(reason=LABEL[type(error)], seconds=error.retry_after, **_said(error))


def not_held_to_exclude(error: errors.CanadaPostError) -> set[str]:
    """Return what a refused transmission names that could not be excluded; nothing if it was refused for more."""
    if not isinstance(error, errors.Refused) or set(error.codes) != {NOT_HELD_TO_EXCLUDE}:
        return set()
    return {word for message in error.messages for word in re.findall(r"\w+", message.text)}


def not_voided(error: errors.CanadaPostError) -> NotYet | Refused | Unknown:
    reason = Reason.TRANSMITTED if VOID_TOO_LATE in error.codes else Reason.NOT_TAKEN_BACK
    return _not_taken_back(error, reason)


def not_refunded(error: errors.CanadaPostError) -> RefundAsked | NotYet | Refused | Unknown:
    if REFUND_ASKED_BEFORE in error.codes:
        return RefundAsked(**_said(error))
    if REFUND_LATER in error.codes:
        return not_now(error)
    if isinstance(error, errors.NotFound) and error.by_service:
        return not_held(error)
    if isinstance(error, errors.InvalidRequest) and error.field == "email":
        return Refused(reason=Reason.NO_REFUND_EMAIL)
    reason = Reason.NOT_TRANSMITTED if VOID_INSTEAD in error.codes else Reason.NOT_TAKEN_BACK
    return _not_taken_back(error, reason)


def not_held(error: errors.NotFound) -> Refused:
    return Refused(reason=Reason.NOT_HELD, **_said(error))


def _not_taken_back(error: errors.CanadaPostError, reason: Reason) -> NotYet | Refused | Unknown:
    if isinstance(error, errors.InvalidRequest | errors.NotSupported):
        return Refused(reason=Reason.CANNOT_TAKE_BACK)
    if type(error) in NOT_YET or _is_wrong_account(error):
        return not_now(error)
    return Refused(reason=reason, **_said(error)) if isinstance(error, errors.Refused) else Unknown(**_said(error))


def has_failed(error: errors.CanadaPostError) -> bool:
    """Say whether there is no manifest since what was to be transmitted could not be paid for."""
    return isinstance(error, errors.Refused) and bool(TRANSMIT_FAILED.intersection(error.codes))


def no_manifest(error: errors.CanadaPostError) -> NotYet:
    if has_failed(error):
        return NotYet(reason=Reason.TRANSMIT_FAILED, **_said(error))
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
        data={"links": [link._asdict() for link in info.links]},
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
        links=tuple(Link(row["rel"], row["href"], row["media_type"]) for row in made.data.get("links", ())),
    )
