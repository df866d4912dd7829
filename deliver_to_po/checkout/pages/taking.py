"""A press on a post office's button, wherever it stands: the office is taken, and the buyer goes on."""

from contextlib import suppress
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from deliver_to_po import errors
from deliver_to_po.canadapost.types import OfficeQuery
from deliver_to_po.checkout.choosing import choose
from deliver_to_po.checkout.pages.recipient_line import agreed
from deliver_to_po.checkout.pages.within_a_page import by_element
from deliver_to_po.checkout.recipients.recipient import name_recipient, with_office
from deliver_to_po.checkout.session import SessionChoice
from deliver_to_po.host.answered import ShopError
from deliver_to_po.host.asking import next_url_of
from deliver_to_po.models import Delivery


class Pressed(NamedTuple):
    """What a press says: the office, the service that goes there, and the person whom the page has shown.

    ``service`` and ``who`` are ``""`` if the page showed none. ``listed_by`` is the search whose list the office
    stands in, None if the page does not say.
    """

    office_id: str
    service: str = ""
    who: str = ""
    listed_by: OfficeQuery | None = None


@sensitive_variables()
def take(request: HttpRequest, draft: Delivery | None, pressed: Pressed) -> tuple[Delivery, str]:
    """Give the buyer's draft the office; return it and the shop's next page, ``""`` if the form asks who picks up.

    The form asks unless the page has shown who does. A service that does not go there is left. Raises what ``choose``,
    ``name_recipient`` and ``next_page`` do; what was saved before that stays.
    """
    choice = SessionChoice(request, draft)
    choose(choice, pressed.office_id, listed_by=pressed.listed_by, now=bool(pressed.who))
    with suppress(errors.NotMailable):
        choose(choice, service=pressed.service)
    recipient = agreed(request, with_office(choice.draft), pressed.who)
    if recipient is not None:
        name_recipient(choice, recipient)
    return with_office(choice.draft), next_page(request) if recipient else ""


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
