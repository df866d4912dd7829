"""What a buyer does from the page of their order, over HTTP: correct, ask, and take what helps to pick up.

Each page is reached by a signed link that the page of the order makes, so whoever may see that page may follow it. No
page shows more of the recipient than a part of e-mail and phone.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from deliver_to_po import errors
from deliver_to_po.checkout.choose_again import refuse_closed_choice
from deliver_to_po.checkout.fair_use import count_change
from deliver_to_po.checkout.pages.office_pages import show, with_query
from deliver_to_po.checkout.pages.order_links import is_at_an_office, is_for_reader
from deliver_to_po.checkout.pages.privacy_terms import privacy_terms
from deliver_to_po.checkout.pages.problems import Problem
from deliver_to_po.checkout.pages.signed_pages import back_of, no_list, nothing_there, other_language_of, signed
from deliver_to_po.checkout.pages.views import page, page_with_form
from deliver_to_po.checkout.recipients.contact_form import CorrectionForm
from deliver_to_po.core.choices import REQUESTS
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import current_language
from deliver_to_po.handoff.changing.by_buyer import ask, can_correct, correct_contact, requests_open
from deliver_to_po.models import Delivery, Tracking, links
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.notices.attachments import calendar_file, letter
from deliver_to_po.offer.summary import parcels_told, summarize

CORRECT, ASK = "correct", "ask"
SAVED = _("Saved. Canada Post gets the new information with the parcel’s label.")


def _order(_request: HttpRequest, _language: str, token: str) -> Delivery:
    return links.delivery_of_page(token)


@page_with_form
@signed(_order)
def change(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    """Correct the recipient's phone and e-mail, and ask to cancel or to deliver home, for an order that is placed."""
    does = {CORRECT: _correct, ASK: _ask}.get(request.POST.get("do", ""))
    form = CorrectionForm(request.POST if does is _correct else None, known=delivery.recipient)
    problem = None
    if does is not None:
        try:
            count_change(request)
            if does(request, delivery, form):
                return HttpResponseRedirect(with_query(request.path, done=request.POST["do"], back=back_of(request)))
        except errors.DeliverToPoError as error:
            problem = Problem.of(error)
            delivery.refresh_from_db()
    return _show(request, delivery, form, problem)


@sensitive_variables()
def _correct(request: HttpRequest, delivery: Delivery, form: CorrectionForm) -> bool:
    # That it is too late counts more: the form with what is wrong is no longer there.
    if not form.is_valid() and can_correct(delivery):
        return False
    correct_contact(delivery, email=form.cleaned_data.get("email", ""), phone=form.cleaned_data.get("phone", ""))
    return True


def _ask(request: HttpRequest, delivery: Delivery, form: CorrectionForm) -> bool:
    request_for = REQUESTS.get(request.POST.get("for", ""))
    if request_for is None:
        return False
    ask(delivery, request_for)
    return True


def _show(request: HttpRequest, delivery: Delivery, form: CorrectionForm, problem: Problem | None) -> HttpResponse:
    language = current_language()
    requests, summary = requests_open(delivery), summarize(delivery, language)
    asked = summary.warning if delivery.wished else ""
    # What was done, by what the page's address holds then.
    done = request.GET.get("done", "") if request.method != "POST" else ""
    context = {
        "delivery": delivery,
        "summary": summary,
        "done": {CORRECT: SAVED, ASK: asked}.get(done, ""),
        "problem": problem,
        "form": form,
        "may_correct": can_correct(delivery),
        "choose_url": _choose_url(delivery, language, back_of(request)),
        "requests": [key for key, reason in REQUESTS.items() if reason in requests],
        "asked": asked,
        "back": back_of(request),
        "other_language": other_language_of(request, language),
        **privacy_terms(),
    }
    nothing = not (context["may_correct"] or context["choose_url"] or requests or asked)
    context["stands"] = (summary.warning or summary.status) if nothing else ""
    context["too_late"] = str(errors.TooLateForBuyer()) if nothing and not problem else ""
    return show(request, no_list(), "order_change", context, problem.status if problem else 200)


def _choose_url(delivery: Delivery, language: str, back: str) -> str:
    """Return where the buyer chooses another post office, ``""`` if they cannot now or the shop does not want it."""
    try:
        refuse_closed_choice(delivery)
    except errors.ChoiceClosed:
        return ""
    allowed = "CHOOSE_OFFICE" in app_settings.buyer_may
    path = reverse("deliver_to_po:again", args=[language, links.token_for(delivery)])
    return with_query(path, back=back) if allowed else ""


@page
@sensitive_variables()
@signed(_order)
def letter_file(request: HttpRequest, delivery: Delivery, parcel: str) -> HttpResponse:
    """Return the letter of authorization for a parcel that waits at a post office, to whoever is to pick it up."""
    tracking = _waiting(delivery, parcel)
    if tracking is None or not is_for_reader(delivery, tracking.shipment):
        return _nothing(request)
    return _file(letter(tracking), "application/pdf", gettext("letter-of-authorization.pdf"))


@page
@signed(_order)
def calendar(request: HttpRequest, delivery: Delivery, parcel: str) -> HttpResponse:
    """Return the calendar file with the last opening before a parcel goes back."""
    tracking = _waiting(delivery, parcel)
    content = calendar_file(tracking) if tracking else None
    return _nothing(request) if content is None else _file(content, "text/calendar", gettext("last-opening.ics"))


def _waiting(delivery: Delivery, parcel: str) -> Tracking | None:
    shipment = next((one for one in parcels_told(delivery) if one.parcel == int(parcel)), None)
    return tracking_of(shipment) if shipment and is_at_an_office(shipment) else None


def _nothing(request: HttpRequest) -> HttpResponse:
    text = gettext("There is no such file now. Open the page of your order again: it says where the parcel is.")
    return nothing_there(request, current_language(), gettext("There is nothing to show here"), text, 404)


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
