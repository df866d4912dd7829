"""The card of a parcel that is shipped by hand: everything that a clerk types into another program, ready to copy."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.formats import localize
from django.utils.translation import gettext as _

from deliver_to_po.admin.by_hand.entered_numbers import WORDS
from deliver_to_po.admin.by_hand.parcel_list import DONE_WELL, tell_of_others, tell_taken
from deliver_to_po.admin.changes.buttons import Button
from deliver_to_po.admin.permissions import SHIP_BY_HAND, for_those_with
from deliver_to_po.admin.show import desk_page, desk_url, options_in_words, state_and_reason, test_badge
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.core.wording import service_name
from deliver_to_po.handoff.by_hand.entering import enter_number
from deliver_to_po.handoff.by_hand.exporting import NO_NUMBER_YET, reference_of
from deliver_to_po.models import Shipment
from deliver_to_po.shipping.files.parcel_fields import ten_digits
from deliver_to_po.shipping.registry import is_by_hand, name_of_system


@for_those_with(SHIP_BY_HAND)
def card(request: HttpRequest, site: AdminSite, pk: int) -> HttpResponse:
    """Show the card of a parcel whose number is awaited, and keep the number when it is sent; 404 for any other.

    Where a colleague was faster, that is said on the page of all parcels.
    """
    shipment = get_object_or_404(Shipment.objects.select_related("delivery"), pk=pk, delivery__erased_at=None)
    if not is_by_hand(shipment.system):
        raise Http404
    typed, problem = request.POST.get("number", "")[:100], ""
    if request.method == "POST":
        entered = enter_number(shipment.pk, typed, user=request.user)
        if entered in DONE_WELL:
            tell_taken(request, 1)
            return HttpResponseRedirect(desk_url(site, "by_hand"))
        problem = str(WORDS[entered])
    if not Shipment.objects.filter(NO_NUMBER_YET, pk=pk).exists():
        if not problem:
            raise Http404
        tell_of_others(request, shipment.system, {pk: (typed, problem)})
        return HttpResponseRedirect(desk_url(site, "by_hand"))
    if problem:
        messages.error(request, problem)
    context = {
        "title": _("Parcel %(reference)s") % {"reference": reference_of(shipment)},
        "shipment": shipment,
        "system": name_of_system(shipment.system),
        "test": test_badge(shipment.delivery),
        "state": state_and_reason(shipment),
        "groups": _groups(shipment),
        "typed": typed,
        "problem": problem,
        "page": desk_url(site, "by_hand"),
        "delivery_url": desk_url(site, "delivery_change", shipment.delivery_id),
    }
    return desk_page(request, site, "card", context)


def card_button(user: Any, shipment: Shipment, site: AdminSite) -> list[Button]:
    """Return the button to the card of a parcel, for those who may see it while its number is awaited."""
    if not user.has_perm(SHIP_BY_HAND) or not is_by_hand(shipment.system):
        return []
    if not Shipment.objects.filter(NO_NUMBER_YET, pk=shipment.pk, delivery__erased_at=None).exists():
        return []
    url = desk_url(site, "card", shipment.pk)
    return [Button(_("Data for another program"), url)]


def _groups(shipment: Shipment) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what is typed, in groups, in the order in which Canada Post's programs ask for it."""
    person, office = shipment.recipient, shipment.office
    address = person.address
    groups = [
        (
            _("Option: Deliver to Post Office"),
            [
                (_("Post office ID"), office.office_id),
                (_("Post office"), ", ".join(filter(None, [office.name, office.location]))),
                (_("Post office’s address"), office.street),
                (_("City"), f"{office.city} {office.province} {display_postal_code(office.postal_code)}"),
            ],
        ),
        (
            _("Recipient: their own address, not the post office’s"),
            [
                (_("Name"), person.name),
                (_("Address"), address.line_1),
                (_("Address, second line"), address.line_2),
                (_("City"), address.city),
                (_("Province"), address.province),
                (_("Postal code"), display_postal_code(address.postal_code)),
                (_("Phone"), ten_digits(person.phone)),
                (_("E-mail"), person.email),
            ],
        ),
        (
            _("Parcel"),
            [
                (_("Reference to type"), reference_of(shipment)),
                (_("Service"), service_name(shipment.service)),
                (_("Other options"), options_in_words(shipment.options)),
                (_("Weight (kg)"), localize(shipment.weight_kg.normalize())),
                (_("Length (cm)"), localize(shipment.length_cm.normalize())),
                (_("Width (cm)"), localize(shipment.width_cm.normalize())),
                (_("Height (cm)"), localize(shipment.height_cm.normalize())),
            ],
        ),
    ]
    return [(title, [(label, text) for label, text in rows if text]) for title, rows in groups]
