"""A request of ours as Canada Post's clients take it: what is on the label, how it is drawn, and from which day."""

from collections.abc import Mapping

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost import types as carrier
from deliver_to_po.canadapost.constraints import Rule
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.rules import OPERATION
from deliver_to_po.core.conf import LABEL_FORMATS, app_settings
from deliver_to_po.core.shop_time import not_past
from deliver_to_po.shipping.answers import ShipmentRequest, Transmission

# How each of LABEL_FORMATS is asked for.
LABELS: Mapping[str, tuple[carrier.PaperSize, carrier.LabelFormat]] = {
    "PDF 4x6": (carrier.PaperSize.THERMAL, carrier.LabelFormat.PDF),
    "PDF 8.5x11": (carrier.PaperSize.LETTER, carrier.LabelFormat.PDF),
    "ZPL 4x6": (carrier.PaperSize.THERMAL, carrier.LabelFormat.ZPL),
}


def carrier_request(request: ShipmentRequest) -> carrier.ShipmentRequest:
    """Return ``request`` as Canada Post's clients want it; raises InvalidRequest for a service without D2PO."""
    if request.service not in tuple(carrier.Service):
        raise InvalidRequest(OPERATION, "service", Rule.SERVICE)
    paper_size, label_format = LABELS.get(app_settings.canada_post.label_format, LABELS[LABEL_FORMATS[0]])
    return carrier.ShipmentRequest(
        request_id=request.request_id,
        group_id=request.group,
        service=carrier.Service(request.service),
        office_id=request.office.office_id,
        sender=request.sender,
        recipient=request.recipient,
        parcel=request.parcel,
        options=request.options,
        reference=_on_the_label(request),
        mailing_date=not_past(request.mailing_date),
        paper_size=paper_size,
        label_format=label_format,
    )


def _on_the_label(request: ShipmentRequest) -> str:
    """Return the order's reference, and of several parcels which one it is, such as ``B-1001 1/2``."""
    which = f" {request.number}/{request.parcels}" if request.parcels > 1 else ""
    return f"{request.reference[: lengths.REFERENCE - len(which)]}{which}".strip()


def transmit_request(request: Transmission) -> carrier.TransmitRequest:
    return carrier.TransmitRequest(request.groups, request.sender, request.excluded)
