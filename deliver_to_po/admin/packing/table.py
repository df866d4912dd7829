"""The packing table: scan a number, do the one next thing with its parcel, scan the next. The keyboard is enough."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin import permissions
from deliver_to_po.admin.changes import hand_off
from deliver_to_po.admin.changes.change_parcels import NumberField
from deliver_to_po.admin.changes.confirm_page import tell, told_of
from deliver_to_po.admin.changes.consequences import when_made_again
from deliver_to_po.admin.packing.scale import NotAWeight, Weighed, doubt, weigh
from deliver_to_po.admin.packing.scanned import LONGEST as LONGEST_SCAN
from deliver_to_po.admin.packing.scanned import MeantParcel, parcels_meant, parcels_named
from deliver_to_po.admin.packing.steps import Do, Step, next_step
from deliver_to_po.admin.show import FOR_OTHERS, desk_page, desk_url, for_those_who_look, test_badge
from deliver_to_po.admin.weights_and_money import LONGEST, kilograms_shown
from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.as_asked import newest
from deliver_to_po.handoff.changing.change import Changed, change_consignment, parcels_as_said
from deliver_to_po.models import Delivery, Shipment

SCANNED, WEIGHED, WEIGH_AGAIN, LABEL = "q", "weighed", "weigh", "label"
SIDES = ("length_cm", "width_cm", "height_cm")
# What was ordered before this has left the table.
LATELY = timedelta(days=30)


class WeighingForm(forms.Form):
    """What the scale says, and the box; an empty weight stays as it stands."""

    weight = forms.CharField(
        label=gettext_lazy("What the scale says"),
        required=False,
        strip=True,
        widget=forms.TextInput(
            {"autocomplete": "off", "size": "14", "autofocus": True, "aria-describedby": "d2po-expected"}
        ),
    )
    length_cm = NumberField(label=gettext_lazy("Length (cm)"))
    width_cm = NumberField(label=gettext_lazy("Width (cm)"))
    height_cm = NumberField(label=gettext_lazy("Height (cm)"))
    sure = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, expected: Decimal, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.question = ""

    def clean_weight(self) -> Decimal:
        """Return kilograms: what was typed, or what stands; raises ValidationError for what is no weight."""
        text = self.cleaned_data["weight"]
        if not text:
            return self.expected
        try:
            weighed = weigh(text)
        except NotAWeight as error:
            raise forms.ValidationError(str(error), code="weight") from None
        self.question = self._question(text, weighed)
        return weighed.kilograms

    def _question(self, text: str, weighed: Weighed) -> str:
        """Return what is to be asked, ``""`` if a person has answered it for this very weight."""
        sure = str(self.data.get("sure", ""))[:LONGEST]
        if sure == str(weighed.kilograms):
            return ""
        if text.isdecimal() and _is_packed_now(text):
            words = {"text": text, "weight": kilograms_shown(weighed.kilograms)}
            return (
                _("“%(text)s” is also an order’s number. Is it %(weight)s? If not, scan it in the field above.") % words
            )
        return doubt(text, weighed, self.expected)

    def parcel(self) -> Parcel:
        return Parcel(self.cleaned_data["weight"], *(self.cleaned_data[name] for name in SIDES))


def _is_packed_now(number: str) -> bool:
    """Say whether it is the number of something that was ordered lately: the scanner types where the cursor is."""
    since = timezone.now() - LATELY
    return any(one.delivery.placed_at and one.delivery.placed_at > since for one in parcels_meant(number))


def views(site: AdminSite) -> dict[str, Callable[..., HttpResponse]]:
    """Return the pages of the table, by name. They show where a parcel goes, so that looking must be allowed."""
    view = site.admin_view
    return {
        "table": view(partial(_table, site=site)),
        "table_parcel": view(partial(_parcel, site=site)),
    }


@for_those_who_look
def _table(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the field to scan into; lead to the parcel that was scanned."""
    typed = request.GET.get(SCANNED, "")
    found = parcels_meant(typed)
    if len(found) == 1:
        return HttpResponseRedirect(_parcel_url(site, found[0]))
    context = {
        "problem": _problem(typed, found),
        "rows": [(each, _parcel_url(site, each)) for each in found],
    }
    return _page(request, site, "table", context)


def _problem(typed: str, found: Any) -> str:
    """Return what is wrong with what was scanned, naming it, and what to do."""
    if not typed.strip() or len(found) == 1:
        return ""
    words = {"typed": typed.strip()[:LONGEST_SCAN]}
    if found:
        return _("“%(typed)s” could be any of these. Choose the parcel in front of you.") % words
    return (
        _(
            "“%(typed)s” is not an order, reference or tracking number of this shop. Scan it again, or look for "
            "the recipient in the list of deliveries."
        )
        % words
    )


def _parcel_url(site: AdminSite, found: MeantParcel) -> str:
    url = desk_url(site, "table_parcel", found.delivery.pk, found.parcel)
    return f"{url}?{LABEL}={found.label.pk}" if found.label else url


@for_those_who_look
def _parcel(request: HttpRequest, site: AdminSite, pk: UUID, parcel: int) -> HttpResponse:
    """Show one parcel with its next action; on POST do it."""
    delivery = get_object_or_404(Delivery.objects.select_related("order"), pk=pk, order__isnull=False)
    shipment = newest(delivery).filter(parcel=parcel).first()
    if shipment is None and parcel not in parcels_named(delivery):
        raise Http404
    if request.method == "POST":
        return _do(request, site, delivery, parcel, shipment)
    return _parcel_page(request, site, delivery, parcel, shipment, None)


def _do(
    request: HttpRequest, site: AdminSite, delivery: Delivery, parcel: int, shipment: Shipment | None
) -> HttpResponse:
    if Do.LABEL in request.POST:
        if not request.user.has_perm(permissions.HAND_OFF):
            raise PermissionDenied
        hand_off.hand_off_one(request, delivery)
        return HttpResponseRedirect(_weighed_url(site, delivery, parcel))
    if not request.user.has_perm(permissions.CHANGE_PARCELS):
        raise PermissionDenied
    return _weigh(request, site, delivery, parcel, shipment)


def _weigh(
    request: HttpRequest, site: AdminSite, delivery: Delivery, parcel: int, shipment: Shipment | None
) -> HttpResponse:
    """Keep the weight; show the page again, with what was typed, where it is no weight, or asked about."""
    form = _form(delivery, parcel, request.POST)
    if form is None:
        return HttpResponseRedirect(desk_url(site, "table_parcel", delivery.pk, parcel))
    if form.is_valid() and not form.question:
        try:
            changed = change_consignment(delivery, parcel, parcel=form.parcel(), user=request.user)
        except MoveRefused as error:
            form.add_error("weight", str(error))
            delivery.refresh_from_db()
        else:
            if changed != Changed.NOTHING:
                tell(request, [told_of(changed)])
            return HttpResponseRedirect(_weighed_url(site, delivery, parcel))
    elif "weight" in form.errors and parcels_meant(text := request.POST.get("weight", "")):
        # The scanner types where the cursor is.
        return HttpResponseRedirect(f"{desk_url(site, 'table')}?{urlencode({SCANNED: text})}")
    return _parcel_page(request, site, delivery, parcel, shipment, form)


def _form(delivery: Delivery, parcel: int, data: Mapping[str, Any] | None) -> WeighingForm | None:
    """Return the form, filled with the box that stands; None if the shop cannot say what the parcel is."""
    try:
        said = parcels_as_said(delivery)
    except MoveRefused:
        return None
    if parcel > len(said):
        return None
    fields = said[parcel - 1]
    initial = {name: fields[name].normalize() for name in SIDES}
    return WeighingForm(data, initial=initial, expected=fields["weight_kg"])


def _parcel_page(
    request: HttpRequest,
    site: AdminSite,
    delivery: Delivery,
    parcel: int,
    shipment: Shipment | None,
    form: WeighingForm | None,
) -> HttpResponse:
    scanned = _scanned(request, delivery, parcel)
    weighed = _weighed(request, delivery, parcel, shipment, again=form is not None)
    asked = partial(
        next_step, delivery, shipment, scanned=scanned, may_request=request.user.has_perm(permissions.HAND_OFF)
    )
    step = asked(weighed=weighed)
    if step.do == Do.WEIGH and form is None:
        form = _form(delivery, parcel, None)
        if form is None:
            step = asked(weighed=True)
    may_print, may_weigh = _may_print(request, step), request.user.has_perm(permissions.CHANGE_PARCELS)
    if step.do == Do.PRINT and not may_print:
        step = step._replace(why=str(FOR_OTHERS))
    context = {
        "delivery": delivery,
        "parcel": parcel,
        "parcels": max(*parcels_named(delivery), parcel),
        "shipment": shipment,
        "badge": test_badge(delivery),
        "step": step,
        "form": form if step.do == Do.WEIGH else None,
        "expected": kilograms_shown(form.expected) if form else "",
        "sure": str(form.cleaned_data["weight"]) if form and form.question else "",
        "sure_shown": kilograms_shown(form.cleaned_data["weight"]) if form and form.question else "",
        "foretold": when_made_again([shipment]) if form and shipment else [],
        "label_url": _label_url(request, site, shipment, step),
        "may_print": may_print,
        "weigh_again": f"?{WEIGH_AGAIN}=1" if may_weigh and step.do in (Do.PRINT, Do.NEXT, Do.WAIT) else "",
        "delivery_url": desk_url(site, "delivery_change", delivery.pk),
        "wrong": step.alarms or bool(form and (form.errors or form.question)),
    }
    return _page(request, site, "table_parcel", context)


def _weighed(request: HttpRequest, delivery: Delivery, parcel: int, shipment: Shipment | None, *, again: bool) -> bool:
    """Say whether the weight is settled: a clerk has said it just now or before, or this one may not."""
    if not request.user.has_perm(permissions.CHANGE_PARCELS):
        return True
    if again or WEIGH_AGAIN in request.GET:
        return False
    # A weight that was right leaves no trace; a label that was printed alone came after it.
    printed = shipment is not None and shipment.printed_at is not None and shipment.print_job_id is None
    return printed or WEIGHED in request.GET or "weight_kg" in delivery.packed.get(str(parcel), {})


def _scanned(request: HttpRequest, delivery: Delivery, parcel: int) -> Shipment | None:
    number = request.GET.get(LABEL, "")[:20]
    if not number.isdecimal():
        return None
    return delivery.shipments.filter(pk=int(number), parcel=parcel).first()


def _label_url(request: HttpRequest, site: AdminSite, shipment: Shipment | None, step: Step) -> str:
    if shipment is None or step.do not in (Do.PRINT, Do.NEXT) or not shipment.label:
        return ""
    if not (_may_print(request, step) or request.user.has_perm(permissions.VIEW_LABEL)):
        return ""
    return desk_url(site, "label", shipment.pk)


def _may_print(request: HttpRequest, step: Step) -> bool:
    return step.do == Do.PRINT and request.user.has_perm(permissions.PRINT)


def _weighed_url(site: AdminSite, delivery: Delivery, parcel: int) -> str:
    return f"{desk_url(site, 'table_parcel', delivery.pk, parcel)}?{WEIGHED}=1"


def _page(request: HttpRequest, site: AdminSite, name: str, context: Mapping[str, Any]) -> HttpResponse:
    every_page = {
        "title": _("Packing table"),
        "table_url": desk_url(site, "table"),
        "list_url": desk_url(site, "delivery_changelist"),
        "scanned_name": SCANNED,
        "longest": LONGEST_SCAN,
    }
    return desk_page(request, site, name, {**every_page, **context})
