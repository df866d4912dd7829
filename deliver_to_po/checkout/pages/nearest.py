"""One entry in a shop's list of methods: the nearest post office, its day and price, and a button that takes it.

Both buttons belong to the shop's own form. They have one name, so that nothing else in that form can be mistaken.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from deliver_to_po import errors
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.checkout.choosing import chosen_office_id
from deliver_to_po.checkout.fair_use import visitor_of
from deliver_to_po.checkout.office_hours import fetch_hours
from deliver_to_po.checkout.office_list import OfficeList
from deliver_to_po.checkout.pages import arriving, office_pages
from deliver_to_po.checkout.pages.day_and_price import PickUp, Services
from deliver_to_po.checkout.pages.list_for_buyer import Buyer
from deliver_to_po.checkout.pages.search_request import SearchRequest
from deliver_to_po.checkout.pages.shown_offices import shown_list
from deliver_to_po.checkout.pages.taking import Pressed, take
from deliver_to_po.checkout.searching import search
from deliver_to_po.checkout.session import draft_to_change
from deliver_to_po.core.choices import Rung
from deliver_to_po.core.language import current_language
from deliver_to_po.host import asking
from deliver_to_po.host.once import asked_once
from deliver_to_po.models import Delivery
from deliver_to_po.offer.offers import fetch_offers, withdrawn
from deliver_to_po.offices.opening import opening

# The name of both buttons.
BUTTON = "d2po"
NOTHING = "-"
# An id, a service, a price and a digest.
LONGEST = 100


class Shown(NamedTuple):
    """What the entry has shown: an office, the service and its price in CAD, None for none, and who picks up.

    The buyer's press says it all again, so that nothing is taken for another price than was seen.
    """

    pressed: Pressed
    price: Decimal | None = None

    def __str__(self) -> str:
        parts = (self.pressed.office_id, self.pressed.service, self.price, self.pressed.who)
        return " ".join(NOTHING if part in ("", None) else str(part) for part in parts)

    @classmethod
    def read(cls, value: str) -> "Shown | None":
        """Return what a button says; None for the one that leads to the list, and for what is no such value."""
        parts = ["" if part == NOTHING else part for part in value[:LONGEST].split(" ")]
        if len(parts) != 4:
            return None
        office_id, service, price, who = parts
        amount = Decimal(price) if price.isascii() and price.replace(".", "", 1).isdecimal() else None
        return cls(Pressed(office_id[: lengths.OFFICE_ID + 1], service, who), amount)


@asked_once(bounded=True)
def entry(request: HttpRequest) -> dict[str, Any]:
    """Return what the entry's template shows of what is known. Makes no call."""
    return _entry(request, _nobody)


@asked_once(bounded=True)
def fetch_entry(request: HttpRequest) -> dict[str, Any]:
    """Ask Canada Post what is not known yet, and return the same. For the page's script: no buyer waits for it."""
    return _entry(request, visitor_of(request).ask, asks=True)


@asked_once()
@sensitive_variables()
def deliver_there(request: HttpRequest) -> str:
    """Return where to send a buyer who has pressed a button of ``{% d2po_nearest %}``, ``""`` if it was neither.

    After *Deliver there* that is your next page, and the office is chosen; or the form that asks who picks up. After
    *Choose another*, and where office or price are no longer what the buyer saw, it is the step, which says so. The
    order goes to a post office then, whichever it is. Asks Canada Post what it must: call it outside any transaction.
    """
    value = request.POST.get(BUTTON)
    if value is None:
        return ""
    choose, shown = reverse("deliver_to_po:choose"), Shown.read(value)
    if shown is None:
        return choose
    try:
        draft, url = take(request, draft_to_change(request), shown.pressed)
        if shown.price is not None and draft.price != shown.price:
            raise errors.PriceChanged
    except errors.DeliverToPoError as error:
        return office_pages.with_query(choose, problem=error.code)
    return url or reverse("deliver_to_po:recipient")


def _nobody() -> None:
    """Let nobody be asked: what is known answers."""
    raise errors.TooManySearches


def _entry(request: HttpRequest, before_asking: Callable[[], None], *, asks: bool = False) -> dict[str, Any]:
    cart, draft = asking.cart_of(request), draft_to_change(request)
    found, lacks = _one_office(request, draft, before_asking)
    if found is None:
        reason = withdrawn(cart)
        return {"reason": reason, "lacks": lacks and not reason}
    office = found.offices[0].office
    if asks:
        if asking.keeps_prices() and cart is not None:
            fetch_offers(cart, office, before_asking=before_asking)
        found = _with_hours(found, fetch_hours([office.office_id], current_language(), before_asking=before_asking))
    beside = Buyer(request, draft).beside(found)
    line, who = _line(**beside), beside["picks_up"]
    if not (line and line.available) and (reason := withdrawn(cart)):
        return {"reason": reason}
    pressed = Pressed(office.office_id, line.service if line else "", who.shown if who else "")
    return beside | {
        "found": found,
        "office": shown_list(found).offices[0],
        "lines": [line] if line else [],
        "value": Shown(pressed, line.price if line else None),
        "lacks": lacks or found.hours_missing or bool(line and not line.fresh),
    }


def _one_office(
    request: HttpRequest, draft: Delivery | None, before_asking: Callable[[], None]
) -> tuple[OfficeList | None, bool]:
    """Return the step's list with one office left, the buyer's choice or else the one to suggest, None for neither.

    Beside it is whether Canada Post could tell more.
    """
    asked = arriving.opened(SearchRequest("", 0), draft, request)
    try:
        found = search(asked.query(), current_language(), chosen=chosen_office_id(draft), before_asking=before_asking)
    except errors.QueryNotUnderstood:
        return None, False
    except (errors.TooManySearches, errors.OfficesUnavailable):
        return None, True
    last = asking.last_delivery_of(request)
    chosen = found.kept or next((listed for listed in found.offices if listed.chosen), None)
    one = chosen or arriving.suggestion(found, last.office_id if last else "")
    return replace(found, offices=(one,), kept=None) if one else None, found.rung != Rung.FRESH


def _with_hours(found: OfficeList, known: Sequence[PostOffice]) -> OfficeList:
    [listed], [office] = found.offices, known or [found.offices[0].office]
    dated = replace(listed.office, hours=office.hours)
    return replace(found, offices=(replace(listed, office=dated, opening=opening(dated)),))


def _line(*, told: Sequence[PickUp] = (), services: Services | None = None, **_beside: Any) -> PickUp | None:
    """Return day and price by the service that the parcel goes by: the one that is chosen, else one that goes there."""
    going = [line for line in told if line.available] or told
    chosen = services.chosen if services else ""
    return next((line for line in going if line.service == chosen), going[0] if going else None)
