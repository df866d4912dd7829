"""The buyer chooses again by a signed link, over HTTP: the step's own list of offices without a checkout.

Opening a link does not use it up, and no page shows the recipient. The path holds the page's language, so that the link
in an e-mail is in the buyer's.
"""

from functools import partial, wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from deliver_to_po.checkout.choose_again import refuse_closed_choice
from deliver_to_po.checkout.pages import choose_again
from deliver_to_po.checkout.pages.choose_again import Choosing
from deliver_to_po.checkout.pages.headings import pages_of_link
from deliver_to_po.checkout.pages.office_pages import picked, show
from deliver_to_po.checkout.pages.signed_pages import (
    BACK_KEY,
    STATUS,
    back_of,
    in_language,
    no_list,
    other_language_of,
    signed,
)
from deliver_to_po.checkout.pages.views import View, page, page_with_form
from deliver_to_po.checkout.session import change_key
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import LinkUsed
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery, links
from deliver_to_po.models.only import only
from deliver_to_po.offer.summary import summarize

# The session holds the id of the delivery whose office was chosen in it.
SESSION_KEY = "deliver_to_po.chosen_again"


def _by_buyer(request: HttpRequest, language: str, token: str) -> Choosing:
    delivery = links.delivery_for(token)
    refuse_closed_choice(delivery)
    if "back" in request.GET:
        # A search forgets it.
        request.session[BACK_KEY] = [delivery.pk.hex, back_of(request)]
    return Choosing(
        delivery=delivery,
        pages=pages_of_link(
            delivery, reverse("deliver_to_po:again", args=[language, token]), app_settings.base_template
        ),
        done=partial(_done, request, language),
        suggestion=partial(asking.recipient_of, request),
        more={"other_language": other_language_of(request, language)},
    )


def _done(request: HttpRequest, language: str, delivery: Delivery) -> HttpResponse:
    change_key(request)
    request.session[SESSION_KEY] = delivery.pk.hex
    return HttpResponseRedirect(reverse("deliver_to_po:chosen_again", args=[language]))


def _sent_twice(view: View) -> View:
    """Answer a form that is sent again, as by a double tap, like the first: its link is used up by then."""

    @wraps(view)
    def answer(request: HttpRequest, language: str, token: str, **named: str) -> HttpResponse:
        response = view(request, language, token, **named)
        if request.method != "POST" or response.status_code != STATUS[LinkUsed]:
            return response
        delivery, office_id = links.chosen_with(token), named.get("office_id") or picked(request)
        again = delivery and choose_again.repeats(request, delivery, office_id)
        return _done(request, language, delivery) if delivery and again else response

    return answer


choose = page_with_form(_sent_twice(signed(_by_buyer)(choose_again.choose)))
office = page(signed(_by_buyer)(choose_again.office))
recipient = page_with_form(_sent_twice(signed(_by_buyer)(choose_again.recipient)))


@page
@in_language
def chosen(request: HttpRequest, language: str) -> HttpResponse:
    """Show the post office that was chosen in this session; nothing of the recipient."""
    pk = request.session.get(SESSION_KEY)
    delivery = only(Delivery.objects.filter(pk=pk)) if pk else None
    from_pk, back = request.session.get(BACK_KEY, ("", ""))
    context = {
        "heading": gettext("Your post office is chosen") if delivery else gettext("There is nothing to show here"),
        "summary": summarize(delivery, language) if delivery else None,
        "back": back if delivery and from_pk == pk else "",
        "other_language": other_language_of(request, language),
    }
    return show(request, no_list(), "again_done", context, 200 if delivery else 404)
