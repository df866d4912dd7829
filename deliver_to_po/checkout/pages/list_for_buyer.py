"""What the step's list shows for one buyer: a suggestion, who picks up, services, days and prices."""

from typing import Any, NamedTuple

from django.http import HttpRequest

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.checkout import last_office
from deliver_to_po.checkout.office_list import ListedOffice, OfficeList
from deliver_to_po.checkout.pages import arriving
from deliver_to_po.checkout.pages.day_and_price import best, pick_ups, services_to_choose
from deliver_to_po.checkout.pages.privacy_terms import privacy_terms
from deliver_to_po.checkout.pages.recipient_line import SESSION_KEY, who_picks_up
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery


class Buyer(NamedTuple):
    """A buyer in the checkout, and their draft; None if they have none."""

    request: HttpRequest
    draft: Delivery | None

    def beside(self, found: OfficeList | None) -> dict[str, Any]:
        """Return what the list's templates need. Makes no call."""
        if found is None or not (found.offices or found.kept):
            return {"prices": asking.keeps_prices()}
        last = last_office.last_office_id(self.request)
        suggestion = arriving.suggestion(found, last)
        named = comparable_office_id(suggestion.office.office_id) if suggestion else ""
        return {
            "suggestion": suggestion and suggestion.office,
            "suggestion_is_last": bool(last and named == comparable_office_id(last)),
            "picks_up": who_picks_up(self.request, self.draft),
            "asks_who": SESSION_KEY in self.request.session,
            "may_remember": last_office.may_remember(self.request),
            "remembered": bool(last_office.remembered(self.request)),
            **self._prices(found, suggestion),
            **privacy_terms(),
        }

    def _prices(self, found: OfficeList, suggestion: ListedOffice | None) -> dict[str, Any]:
        cart = asking.cart_of(self.request) if asking.keeps_prices() else None
        if cart is None:
            return {}
        listed = [*found.offices, *([found.kept] if found.kept else [])]
        told = pick_ups(cart, [one.office for one in listed])
        known = {one.office.office_id: lines for one, lines in zip(listed, told, strict=True)}
        # Day and price of one office stand above the list, and a row speaks only where they are others: of the chosen
        # one, else of the one that is suggested, else of the first.
        named = next((one for one in listed if one.chosen), suggestion or listed[0])
        shown = best(known[named.office.office_id], cart, found.query)
        return {
            "prices": True,
            "pick_ups": known,
            "told": shown,
            "told_words": [line.words for line in shown],
            "services": services_to_choose(
                cart, self.draft, self.request.POST.get("service") or self.request.GET.get("service", "")
            ),
        }
