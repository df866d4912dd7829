"""The step's pages; a shop includes this module under a path of its own."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.transaction import non_atomic_requests
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from deliver_to_po.checkout.pages import choose_again_by_link as by_link
from deliver_to_po.checkout.pages import order_page, step

# A signed link: what it is about, when it was made, the signature.
SIGNED = r"(?P<language>en|fr)/(?P<token>[A-Za-z0-9_:-]+)/"
AGAIN, ORDER = rf"^again/{SIGNED}", rf"^order/{SIGNED}"

app_name = "deliver_to_po"


# Two that few processes answer: each is loaded, with what only it needs, when somebody asks for it.


@csrf_protect
@non_atomic_requests
def label(request: HttpRequest, **which: Any) -> HttpResponse | FileResponse:
    """Return the label of a parcel; a POST takes it to print. 404 for whoever may not see it, as if there were none."""
    from deliver_to_po.admin.shops_label import shops_label

    return shops_label(request, **which)


@csrf_exempt
@login_not_required
@non_atomic_requests
def webhook(request: HttpRequest, alias: str) -> HttpResponse:
    """Take a report that the shipping system ``alias`` has signed. An unsigned call learns nothing, not even of it."""
    from deliver_to_po.api.callbacks.views import webhook

    return webhook(request, alias)


BUYERS_PAGES = [
    path("", step.choose, name="choose"),
    path("pick-up/", step.pick_up, name="pick_up"),
    path("hours/", step.hours, name="hours"),
    path("nearest/", step.nearest, name="nearest"),
    path("recipient/", step.recipient, name="recipient"),
    # Post office ids are digits, at most twelve of them; leading zeros count, so this is no number.
    re_path(r"^office/(?P<office_id>[0-9]{1,12})/$", step.office, name="office"),
    re_path(r"^again/(?P<language>en|fr)/$", by_link.chosen, name="chosen_again"),
    re_path(rf"{AGAIN}$", by_link.choose, name="again"),
    re_path(rf"{AGAIN}office/(?P<office_id>[0-9]{{1,12}})/$", by_link.office, name="again_office"),
    re_path(rf"{AGAIN}recipient/(?P<office_id>[0-9]{{1,12}})/$", by_link.recipient, name="again_recipient"),
    re_path(rf"{ORDER}$", order_page.change, name="order"),
    re_path(rf"{ORDER}letter/(?P<parcel>[0-9]{{1,4}})/$", order_page.letter_file, name="order_letter"),
    re_path(rf"{ORDER}calendar/(?P<parcel>[0-9]{{1,4}})/$", order_page.calendar, name="order_calendar"),
]
# Guests buy too, and open a link in whatever browser: LoginRequiredMiddleware lets them, as it does in the JSON API.
for route in BUYERS_PAGES:
    login_not_required(route.callback)

urlpatterns = [
    *BUYERS_PAGES,
    # For the shop's own pages about an order: see the tag d2po_desk.
    path("label/<uuid:delivery_id>/<int:parcel>/", label, name="label"),
    # Where the shipping system of that alias reports; aliases are names in the shop's settings.
    path("webhook/<str:alias>/", webhook, name="webhook"),
]
