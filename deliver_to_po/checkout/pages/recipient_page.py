"""The page with the recipient's form: in the checkout, and for an order that has no recipient yet."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost.types import PostOffice, Recipient
from deliver_to_po.checkout.pages.headings import Pages
from deliver_to_po.checkout.pages.office_pages import show
from deliver_to_po.checkout.pages.privacy_terms import privacy_terms
from deliver_to_po.checkout.pages.problems import Problem
from deliver_to_po.checkout.pages.shown_offices import shown_office
from deliver_to_po.checkout.recipients.form import RecipientForm, initial_recipient


def form_of(request: HttpRequest, office: PostOffice, known: Recipient | RecipientSuggestion) -> RecipientForm:
    sent = request.POST if request.method == "POST" else None
    return RecipientForm(sent, office=office, initial=initial_recipient(known))


def show_form(
    request: HttpRequest,
    pages: Pages,
    form: RecipientForm,
    office: PostOffice,
    *,
    choose_url: str,
    problem: Problem | None = None,
    **more: Any,
) -> HttpResponse:
    """Show the form beside the chosen office; ``choose_url`` leads back to the list."""
    context = {
        **more,
        "problem": problem,
        "form": form,
        "office": shown_office(office),
        "choose_url": choose_url,
        **privacy_terms(),
    }
    return show(request, pages, "recipient", context, problem.status if problem else 200)
