"""A press on a post office's button, wherever it stands: the office is taken, and the buyer goes on."""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from deliver_to_po import errors
from deliver_to_po.canadapost.types import OfficeQuery
from deliver_to_po.checkout.choosing import choose_office
from deliver_to_po.checkout.fair_use import count_check, count_draft, count_question
from deliver_to_po.checkout.pages.recipient_line import agreed
from deliver_to_po.checkout.pages.within_a_page import by_element
from deliver_to_po.checkout.quoting import ask_for_price, choose_service
from deliver_to_po.checkout.recipient import name_recipient
from deliver_to_po.checkout.session import draft_for, remember_draft
from deliver_to_po.core.language import current_language
from deliver_to_po.host.answered import ShopError
from deliver_to_po.host.asking import next_url_of
from deliver_to_po.models import Delivery


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press says: the office, the service that goes there, and the person whom the page has shown.

    ``service`` and ``who`` are ``""`` where the page showed none. ``listed_by`` is the search whose list the office
    stands in, None where the page does not say.
    """

    office_id: str
    service: str = ""
    who: str = ""
    listed_by: OfficeQuery | None = None


@sensitive_variables()
def take(request: HttpRequest, draft: Delivery | None, pressed: Pressed) -> tuple[Delivery, str]:
    """Give the buyer's draft the office; return it and the shop's next page, ``""`` where the form asks who picks up.

    The form asks unless the page has shown who does. Raises what ``choose_office``, ``name_recipient`` and
    ``next_page`` do; what was saved before that stays.
    """
    draft = choose_office(
        pressed.office_id,
        current_language(),
        draft,
        listed_by=pressed.listed_by,
        before_asking=partial(count_question, request),
        before_making=partial(count_draft, request),
    )
    remember_draft(request, draft)
    recipient = agreed(request, draft, pressed.who)
    ask_for_price(request, draft, now=recipient is not None)
    if pressed.service:
        with suppress(errors.DeliverToPoError):
            draft = choose_service(request, pressed.service)
    if recipient is None:
        return draft, ""
    draft = draft_for(request, draft, recipient, before_making=partial(count_draft, request))
    name_recipient(draft, recipient, before_asking=partial(count_check, request))
    return draft, next_page(request)


def next_page(request: HttpRequest) -> str:
    """Return the shop's next page, or the step's own where it stands within a page of the shop.

    Raises NextPageUnknown, which the page says, if the shop's own code fails.
    """
    if by_element(request):
        return reverse("deliver_to_po:choose")
    try:
        return next_url_of(request)
    except ShopError:
        raise errors.NextPageUnknown from None
