"""Opens a stored shipping label for those who may: it shows a name, an address and a phone."""

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest
from django.utils.text import get_valid_filename

from deliver_to_po.admin.permissions import VIEW_LABEL
from deliver_to_po.choices import ShipmentState
from deliver_to_po.models import Shipment

# What a label can be. Anything else that a shipping system sent is saved, never shown: it could run as a page of ours.
EXTENSIONS = {"application/pdf": "pdf", "application/zpl": "zpl"}

# A parcel with the label of one of these is returned, or paid for twice.
TAKEN_BACK = (ShipmentState.VOIDING, ShipmentState.VOIDED, ShipmentState.REFUNDING, ShipmentState.REFUND_ASKED)


def label_view(request: HttpRequest, shipment_pk: int) -> FileResponse:
    """Return the label of a shipment; 403 without the permission, 404 when there is none or it must not be used."""
    if not request.user.has_perm(VIEW_LABEL):
        raise PermissionDenied
    shipment = (
        Shipment.objects.select_related("delivery")
        .filter(pk=shipment_pk, labelled_at__isnull=False)
        .exclude(Q(label="") | Q(state__in=TAKEN_BACK))
        .first()
    )
    if shipment is None:
        raise Http404
    try:
        label = shipment.label.open("rb")
    except FileNotFoundError as problem:
        raise Http404 from problem
    media_type = shipment.label_media_type.partition(";")[0].strip().lower()
    return private_file(label, media_type, label_filename(shipment, EXTENSIONS.get(media_type, "bin")))


def private_file(file: "File[bytes]", media_type: str, filename: str) -> FileResponse:
    """Return a stored file so that no cache keeps it; what could run as a page of ours is saved, never shown."""
    known = media_type in EXTENSIONS
    return FileResponse(
        file,
        # No browser shows ZPL: it is saved for the printer.
        as_attachment=media_type != "application/pdf",
        filename=filename,
        headers={
            "Content-Type": media_type if known else "application/octet-stream",
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
            # Of its own, whatever the shop's is: WebKit's viewer styles itself inline and is tiny without it.
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        },
    )


def label_filename(shipment: Shipment, extension: str) -> str:
    """Return what a saved label is called: the order's reference and the tracking number, no name of a person."""
    words = [shipment.delivery.reference, shipment.tracking_pin or shipment.request_id]
    return get_valid_filename("-".join(word for word in words if word)) + f".{extension}"
