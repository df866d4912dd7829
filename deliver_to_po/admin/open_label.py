"""Opens a stored shipping label for those who may, and says which labels nobody may use."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile, File
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from deliver_to_po.admin.permissions import HAND_OFF, PRINT, VIEW_DELIVERY, VIEW_LABEL
from deliver_to_po.admin.show import desk_page, desk_url, printed_by, state_and_reason
from deliver_to_po.admin.who_opened import labels_opened
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.core.choices.states import LABEL_COMING
from deliver_to_po.core.wording import with_one_stop
from deliver_to_po.handoff.printing.job_file import mark_one_printed
from deliver_to_po.handoff.printing.label_state import must_not_be_used, printed_in_vain
from deliver_to_po.handoff.sending.fetch_label_again import LabelAgain, fetch_label_again, labels_to_fetch_again
from deliver_to_po.handoff.sending.labelling import EXTENSIONS, is_label
from deliver_to_po.handoff.stored_files import StorageFailed, media_type_of, read_label
from deliver_to_po.labels.specimen import group_digits
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import Label

# What the address of a voided label ends with, to open it anyway, and of the button that prints one.
ANYWAY, PRINTS = "anyway", "?print=1"
# So many of those that must not be used are named.
NAMED = 20
STORAGE_FAILED = _(
    "The storage that keeps the labels could not be read. Open the label again in a moment. If that does not help, "
    "have it fetched again, or ask technical support to check the log."
)
_TAKEN_BACK = _(
    "This label has been voided or refunded, or is about to be. A parcel sent with it would be returned to you or "
    "paid for twice. If it has been printed, destroy it. The valid label, if there is one, is on the delivery’s "
    "page."
)
NOT_NOW = _("This shipping label must not be printed now")
_STANDS_STILL = _("Its delivery is on hold, or needs another post office.")
_IS_PRINTED = _(
    "Since you opened the page its label was %(printed)s. If that print is spoiled, destroy it, and open the label "
    "to print it again."
)
_IS_FETCHED = _("It is being fetched again. Open it again in a moment.")
CANNOT_BE_OPENED: Mapping[LabelAgain, Promise] = {
    LabelAgain.ASKED: _IS_FETCHED,
    LabelAgain.UNDER_WAY: _IS_FETCHED,
    LabelAgain.ERASED: _("The recipient is erased, or is about to be, and the label with them."),
    LabelAgain.NO_LABEL: _(
        "Its file is missing, or cannot be read. It is not fetched again, because of the parcel’s state:"
    ),
}


class OpenLabel(NamedTuple):
    """A label whose file is open."""

    shipment: Shipment
    file: "File[bytes]"


def label_view(request: HttpRequest, shipment_pk: int, *, site: AdminSite) -> HttpResponse | FileResponse:
    """Return the label of a shipment, or the page that stands in its place: see ``open_label``.

    A POST takes it to print, for those who may: from then on it counts as printed. To look at it does not, and can be
    done while its delivery is on hold too.
    """
    to_print = request.method == "POST"
    if to_print and not request.user.has_perm(PRINT):
        raise PermissionDenied
    if not to_print and "print" in request.GET:
        # Whoever was signed out meanwhile comes from the login: nothing is printed, and the button is on this page.
        shipment = get_object_or_404(Shipment, pk=shipment_pk)
        return HttpResponseRedirect(desk_url(site, "delivery_change", shipment.delivery_id))
    label = open_label(request, shipment_pk, site, to_print=to_print)
    if isinstance(label, HttpResponse):
        return label
    if to_print and not mark_one_printed(label.shipment, request.user):
        label.file.close()
        return _not_now(request, label.shipment, site)
    return label_response(label.shipment, label.file)


def open_label(
    request: HttpRequest, shipment_pk: int, site: AdminSite, *, to_print: bool = False
) -> OpenLabel | HttpResponse:
    """Open the label of a shipment; 403 without the permission, 404 when there never was one.

    Who may print and look at deliveries gets a file of all labels, and may print one of them too.
    A label whose file is missing or broken is sent back to be fetched, and a page says so. A label that must not be
    used opens only by the link of the page that says why. The history keeps who opened it.
    """
    if not any(map(request.user.has_perm, (VIEW_LABEL, VIEW_DELIVERY) if to_print else (VIEW_LABEL,))):
        raise PermissionDenied
    shipment = (
        Shipment.objects.select_related("delivery")
        .filter(pk=shipment_pk, labelled_at__isnull=False)
        .exclude(label="")
        .first()
    )
    if shipment is None:
        raise Http404
    if must_not_be_used(shipment) and not shipment.delivery.erased_at and ANYWAY not in request.GET:
        return _taken_back(request, shipment, site)
    try:
        label = None if shipment.delivery.erased_at else opened_file(shipment)
    except StorageFailed:
        return _storage_failed(request, shipment, site)
    if label is None:
        return _fetch_again(request, shipment, site)
    labels_opened([shipment], request.user)
    return OpenLabel(shipment, label)


def opened_file(shipment: Shipment) -> "File[bytes] | None":
    """Return the label's file; None when it is missing, or is none of the kind that it was kept as.

    Raises StorageFailed.
    """
    content, media_type = read_label(shipment), media_type_of(shipment)
    if content is None or (media_type in EXTENSIONS and not is_label(Label(content, media_type))):
        return None
    return ContentFile(content)


def _fetch_again(request: HttpRequest, shipment: Shipment, site: AdminSite) -> HttpResponse:
    came_of_it = fetch_label_again(shipment, reason=Reason.LABEL_MISSING)
    again = came_of_it in (LabelAgain.ASKED, LabelAgain.UNDER_WAY)
    return instead_of_label(request, shipment, site, message=CANNOT_BE_OPENED[came_of_it], again=again)


def _taken_back(request: HttpRequest, shipment: Shipment, site: AdminSite) -> HttpResponse:
    words: dict[str, Any] = {"title": _("This shipping label must not be used"), "message": _TAKEN_BACK}
    return instead_of_label(request, shipment, site, anyway=f"?{ANYWAY}=1", **words)


def _not_now(request: HttpRequest, shipment: Shipment, site: AdminSite) -> HttpResponse:
    """Say why a label is not printed that could be when it was opened."""
    shipment.refresh_from_db()
    if must_not_be_used(shipment):
        return _taken_back(request, shipment, site)
    words: dict[str, Any] = {"title": NOT_NOW, "message": _STANDS_STILL}
    if shipment.state in LABEL_COMING:
        words["message"] = _IS_FETCHED
    elif shipment.printed_at is not None and shipment.delivery.state == DeliveryState.RELEASED:
        words["message"] = with_one_stop(_IS_PRINTED % {"printed": printed_by(shipment)})
        words["label_url"] = request.path if request.user.has_perm(VIEW_LABEL) else ""
    elif shipment.delivery.state == DeliveryState.RELEASED:
        words["message"] = f"{Reason.OTHER_PARCELS.label} {Reason.OTHER_PARCELS.advice}"
    return instead_of_label(request, shipment, site, **words)


def _storage_failed(request: HttpRequest, shipment: Shipment, site: AdminSite) -> HttpResponse:
    """Say that the storage failed, and how to go on. The file may be there still, so nothing is fetched by itself."""
    words: dict[str, Any] = {"message": STORAGE_FAILED, "again": True}
    may = request.user.has_perm(HAND_OFF) and request.user.has_perm(VIEW_DELIVERY)
    if may and labels_to_fetch_again(shipment.delivery).exists():
        words["fetch_url"] = desk_url(site, "fetch_label_again", shipment.delivery_id)
    return instead_of_label(request, shipment, site, status=503, **words)


def instead_of_label(
    request: HttpRequest, shipment: Shipment, site: AdminSite, *, status: int = 200, **words: Any
) -> HttpResponse:
    """Return the page that stands in a label's place."""
    delivery_url = desk_url(site, "delivery_change", shipment.delivery_id)
    context = {
        "title": _("The shipping label cannot be opened"),
        "state": state_and_reason(shipment),
        "back": delivery_url if request.user.has_perm(VIEW_DELIVERY) else reverse("admin:index", current_app=site.name),
        **words,
    }
    response = desk_page(request, site, "no_label", context, status=status)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def label_response(shipment: Shipment, file: "File[bytes]") -> FileResponse:
    media_type = media_type_of(shipment)
    return private_file(file, media_type, label_filename(shipment, EXTENSIONS.get(media_type, "bin")))


def private_file(file: "File[bytes]", media_type: str, filename: str) -> FileResponse:
    """Return a stored file so that no cache keeps it; what could run as a page of ours is saved, never shown."""
    known = media_type in EXTENSIONS
    return FileResponse(
        file,
        # No browser shows ZPL: it is saved for the printer.
        as_attachment=media_type != "application/pdf",
        filename=filename,
        # As a header it would give way to what Django guesses from the name.
        content_type=media_type if known else "application/octet-stream",
        headers={
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
            # Not the shop's: WebKit's viewer styles itself inline and is tiny without it.
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        },
    )


def label_filename(shipment: Shipment, extension: str) -> str:
    """Return what a saved label is called: the order's reference and the tracking number, no name of a person.

    If it must not be used, that comes first.
    """
    words = [shipment.delivery.reference, shipment.tracking_pin or shipment.request_id]
    if must_not_be_used(shipment):
        words.insert(0, pgettext("name of a file", "VOID"))
    return get_valid_filename("-".join(word for word in words if word)) + f".{extension}"


def void_labels(**of: Any) -> Sequence[str]:
    """Return that printed labels must not be used, and the first NAMED by order and number; nothing if none is.

    All of the shop, or those ``of`` one delivery.
    """
    void = printed_in_vain().filter(**of)
    count = void.count()
    if not count:
        return ()
    told = ngettext(
        "%(count)d printed label must not be used. No parcel leaves with it: destroy it.",
        "%(count)d printed labels must not be used. No parcel leaves with one of them: destroy them.",
        count,
    )
    names = ", ".join(f"{one.delivery} ({group_digits(one.tracking_pin)})" for one in void[:NAMED])
    return told % {"count": count}, names + (" …" if count > NAMED else "")
