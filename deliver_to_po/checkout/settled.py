"""What the step's list says beside the offices: who picks up, by which service, when and for how much, what to take."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from deliver_to_po import asking
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.checkout import arriving, last_office
from deliver_to_po.checkout.office_list import OfficeList
from deliver_to_po.checkout.pick_up import pick_ups, services_to_choose
from deliver_to_po.checkout.picks_up import SESSION_KEY, who_picks_up
from deliver_to_po.checkout.shown import shown_office
from deliver_to_po.conf import app_settings
from deliver_to_po.models import Delivery
from deliver_to_po.privacy import UNFINISHED_FOR


@dataclass(frozen=True, slots=True)
class Settled:
    """A buyer in the checkout, and their draft, None while they have none."""

    request: HttpRequest
    draft: Delivery | None

    def beside(self, found: OfficeList) -> dict[str, Any]:
        """Return what the list's templates need. Makes no call."""
        if not found.offices:
            return {}
        last = last_office.last_office_id(self.request)
        suggestion = arriving.suggestion(found, last)
        named = comparable_office_id(suggestion.office.office_id) if suggestion else ""
        return {
            "suggestion": shown_office(suggestion.office) if suggestion else None,
            "suggestion_is_last": bool(last and named == comparable_office_id(last)),
            "picks_up": who_picks_up(self.request, self.draft),
            "asks_who": SESSION_KEY in self.request.session,
            "may_remember": last_office.may_remember(self.request),
            "remembered": bool(last_office.remembered(self.request)),
            **self._prices(found),
            **privacy_terms(),
        }

    def _prices(self, found: OfficeList) -> dict[str, Any]:
        cart = asking.cart_of(self.request) if asking.keeps_prices() else None
        if cart is None:
            return {"prices": False}
        offices = [listed.office for listed in found.offices]
        told = pick_ups(cart, offices, found.query)
        return {
            "prices": True,
            "pick_ups": {office.office_id: lines for office, lines in zip(offices, told, strict=True)},
            "services": services_to_choose(cart, self.draft),
        }


def privacy_terms() -> dict[str, Any]:
    """Return what the sentence about the recipient's data needs: for how long it is kept, and whom to ask."""
    return {
        "keep_days": app_settings.recipient_lifetime.days,
        "unfinished_days": UNFINISHED_FOR.days,
        "privacy_officer": app_settings.privacy_officer,
    }
