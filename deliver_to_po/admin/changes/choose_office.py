"""Choosing a post office for an order that is placed, on the desk: for a buyer who telephones, or who has not answered.

A clerk has the step's own picker, and can send the buyer the link once more or copy it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from deliver_to_po import errors
from deliver_to_po.admin import permissions
from deliver_to_po.admin.changes.buttons import Button
from deliver_to_po.admin.changes.consequences import when_changed
from deliver_to_po.admin.open_label import void_labels
from deliver_to_po.admin.show import described, desk_page, desk_url
from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.checkout.choose_again import refuse_closed_choice
from deliver_to_po.checkout.pages import choose_again
from deliver_to_po.checkout.pages.choose_again import Choosing
from deliver_to_po.checkout.pages.headings import pages_of_link
from deliver_to_po.checkout.pages.office_pages import picked
from deliver_to_po.checkout.pages.problems import OVER
from deliver_to_po.core.choices import CLOSED_OFFICE, DeliveryState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff.changing.change import can_still_change
from deliver_to_po.models import Delivery, Notice
from deliver_to_po.models.links import url_for
from deliver_to_po.notices.occasions import ask_again

View = Callable[..., HttpResponse]


def views(site: AdminSite) -> dict[str, View]:
    """Return the pages of choosing, by name."""
    pages = dict[str, View](choose=_choose, choose_office=_office, choose_recipient=_recipient, choose_link=_link)
    pages["choose_now"] = _choose
    return {name: site.admin_view(_for_clerks(view, site)) for name, view in pages.items()}


def choice_buttons(request: HttpRequest, delivery: Delivery, site: AdminSite) -> list[Button]:
    """Return the buttons that this user may press for the delivery now."""
    if not request.user.has_perm(permissions.CHOOSE) or not _can_choose(delivery):
        return []
    does = " ".join(when_changed(delivery))
    choose = Button(heading(delivery), desk_url(site, "choose", delivery.pk), does)
    if not _can_choose(delivery, by_staff=False):
        return [choose]
    does = _("A page with the link with which the buyer chooses, to send or to copy.")
    return [choose, Button(_("Link for the buyer"), desk_url(site, "choose_link", delivery.pk), does)]


def _for_clerks(view: View, site: AdminSite) -> View:
    """Return the view of one site: it gets the delivery of its path, from those who may choose for others.

    The path also has how often its office had been chosen when the page was opened: whoever chooses on an older page
    is told that another one was chosen since. Who sent the same twice is answered like the first time.
    """

    @wraps(view)
    def answer(request: HttpRequest, pk: Any, choice: int | None = None, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(permissions.CHOOSE):
            raise PermissionDenied
        delivery = Delivery.objects.filter(pk=pk, order__isnull=False).first()
        if delivery is None:
            raise Http404
        try:
            refuse_closed_choice(delivery, by_staff=True)
            if not can_still_change(delivery):
                raise errors.InThePost
            if choice is not None:
                # As the page saw it.
                delivery.choice = choice
            return view(request, delivery, site, **kwargs)
        except (*OVER, errors.InThePost) as error:
            if isinstance(error, errors.LinkUsed):
                delivery.refresh_from_db()
                if choose_again.repeats(request, delivery, kwargs.get("office_id") or picked(request)):
                    return _choosing(request, delivery, site).done(delivery)
            messages.error(request, _for_a_clerk(error))
            return HttpResponseRedirect(desk_url(site, "delivery_change", delivery.pk))

    return answer


def _for_a_clerk(error: errors.DeliverToPoError) -> str:
    if isinstance(error, errors.LinkUsed):
        return _("A post office has been chosen for this delivery since you opened the page; it is shown below.")
    if isinstance(error, errors.InThePost):
        return str(error)
    return _("The post office of this delivery can no longer be changed.")


@require_http_methods(["GET", "HEAD", "POST"])
def _choose(request: HttpRequest, delivery: Delivery, site: AdminSite) -> HttpResponse:
    return choose_again.choose(request, _choosing(request, delivery, site))


@require_http_methods(["GET", "HEAD"])
def _office(request: HttpRequest, delivery: Delivery, site: AdminSite, office_id: str) -> HttpResponse:
    return choose_again.office(request, _choosing(request, delivery, site), office_id)


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def _recipient(request: HttpRequest, delivery: Delivery, site: AdminSite, office_id: str) -> HttpResponse:
    return choose_again.recipient(request, _choosing(request, delivery, site), office_id)


@require_http_methods(["GET", "HEAD", "POST"])
def _link(request: HttpRequest, delivery: Delivery, site: AdminSite) -> HttpResponse:
    """Show the buyer's link and what was sent; with a press, send it now. There is none where it would help nobody."""
    if not _can_choose(delivery, by_staff=False):
        messages.error(request, _("The buyer can no longer change the post office of this delivery."))
        return HttpResponseRedirect(desk_url(site, "delivery_change", delivery.pk))
    if request.method == "POST":
        if ask_again(delivery):
            messages.success(request, _("The e-mail to the buyer is sent in a moment."))
        else:
            messages.warning(request, _("This delivery needs no choice now, so the buyer is not written to."))
        return HttpResponseRedirect(desk_url(site, "delivery_change", delivery.pk))
    context = {
        "title": _("Link for the buyer"),
        "delivery": delivery,
        "whose": _whose(request, delivery),
        "delivery_url": desk_url(site, "delivery_change", delivery.pk),
        "url": url_for(delivery),
        "days": app_settings.choose_again_link_lifetime.days,
        "notices": Notice.objects.filter(delivery=delivery),
        "can_send": app_settings.notices
        and "CHOOSE" in app_settings.tell
        and delivery.state == DeliveryState.NEEDS_CHOICE,
    }
    return desk_page(request, site, "choose_link", context)


def _choosing(request: HttpRequest, delivery: Delivery, site: AdminSite) -> Choosing:
    def done(changed: Delivery) -> HttpResponse:
        words = {"office": as_people_read(changed.office_name), "city": as_people_read(changed.office_city)}
        messages.success(request, _("%(office)s (%(city)s) is chosen.") % words)
        if void := void_labels(delivery=changed):
            messages.warning(request, " ".join(void))
        return HttpResponseRedirect(desk_url(site, "delivery_change", changed.pk))

    path = desk_url(site, "choose_now", delivery.pk, delivery.choice)
    pages = pages_of_link(delivery, path, "admin/deliver_to_po/choose_base.html")
    return Choosing(
        delivery=delivery,
        pages=pages._replace(heading=heading(delivery), lead=_lead(delivery)),
        done=done,
        user=request.user,
        more={
            **site.each_context(request),
            "is_nav_sidebar_enabled": False,
            "delivery_url": desk_url(site, "delivery_change", delivery.pk),
            "whose": _whose(request, delivery),
            "search_help": _(
                "Where the buyer wants to pick it up: a home, a place of work or anywhere in Canada, such as "
                "K1A 0B1 or Main Street, Moose Jaw, SK"
            ),
        },
    )


def _whose(request: HttpRequest, delivery: Delivery) -> str:
    return described(delivery) if request.user.has_perm(permissions.VIEW_DELIVERY) else str(delivery)


def heading(delivery: Delivery) -> str:
    return _("Choose another post office") if delivery.office_id else _("Choose a post office")


def _lead(delivery: Delivery) -> str:
    """Return what the choice is about, in words for a clerk."""
    if delivery.state != DeliveryState.NEEDS_CHOICE:
        told = _("The order goes to %(office)s unless you choose another post office here.")
    elif delivery.reason in CLOSED_OFFICE.values() and delivery.office_name:
        told = _(
            "%(office)s no longer accepts parcels. Choose another post office with the buyer; the order goes there."
        )
    else:
        told = _("This order has no post office yet. Choose with the buyer the one that it goes to.")
    return told % {"office": as_people_read(delivery.office_name)}


def _can_choose(delivery: Delivery, *, by_staff: bool = True) -> bool:
    try:
        refuse_closed_choice(delivery, by_staff=by_staff)
    except errors.ChoiceClosed:
        return False
    return delivery.order_id is not None and can_still_change(delivery)
