"""Shows a stored shipping label as a picture, to those who may open it."""

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from deliver_to_po.admin.open_label import (
    ANYWAY,
    OpenLabel,
    instead_of_label,
    label_filename,
    open_label,
)
from deliver_to_po.admin.show import desk_url
from deliver_to_po.handoff.stored_files import media_type_of
from deliver_to_po.labels.picture import NoPicture, can_be_drawn, picture_of
from deliver_to_po.models import Shipment

PDF = "application/pdf"


def has_picture(shipment: Shipment) -> bool:
    """Say whether a label can be shown as a picture: a PDF, where the library is there that draws it."""
    return media_type_of(shipment) == PDF and can_be_drawn()


def picture_view(request: HttpRequest, shipment_pk: int, *, site: AdminSite) -> HttpResponse:
    """Return a label as PNG, or the page that stands in its place; 404 for one that has no picture.

    To look at it is not to print it, so it does not count as printed.
    """
    label = open_label(request, shipment_pk, site)
    if isinstance(label, HttpResponse):
        return label
    with label.file as file:
        if not has_picture(label.shipment):
            raise Http404
        content = file.read()
    try:
        picture = picture_of(content)
    except NoPicture:
        return _without_picture(request, label, site)
    return HttpResponse(
        picture,
        content_type="image/png",
        headers={
            "Content-Disposition": content_disposition_header(False, label_filename(label.shipment, "png")),
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _without_picture(request: HttpRequest, label: OpenLabel, site: AdminSite) -> HttpResponse:
    url = desk_url(site, "label", label.shipment.pk)
    anyway = f"?{ANYWAY}=1" if ANYWAY in request.GET else ""
    return instead_of_label(
        request,
        label.shipment,
        site,
        title=_("There is no picture of the shipping label"),
        message=_("No picture can be made of this shipping label. Open the label itself instead."),
        label_url=f"{url}{anyway}",
    )
