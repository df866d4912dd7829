"""What each call of ``deliver_to_po.shop`` returns, as a shop's own code sees it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_type
from uuid import UUID

from django.contrib.auth.models import Group
from django.http import HttpRequest

from deliver_to_po import shop
from deliver_to_po.adapter import Parcel, Service
from deliver_to_po.shipping import Recipient
from deliver_to_po.shop import (
    Cancelled,
    Changed,
    Choice,
    Delivery,
    Erasure,
    ListedOffice,
    Offer,
    OfficeCheck,
    OfficeList,
    PriceKind,
    Released,
    Reserved,
    Review,
    Shipment,
    Summary,
    ToChoose,
    Visitor,
)


def a_checkout_of_pages(request: HttpRequest, order: Group) -> None:
    assert_type(shop.offers([]), list[Offer])
    assert_type(shop.withdrawn(), str)
    assert_type(shop.fetch_offers(request, [], near="K1A 0B1"), list[Offer])
    assert_type(shop.deliver_there(request), str)
    assert_type(shop.choose_service(request, "DOM.XP"), Delivery)
    assert_type(shop.draft_of(request), Delivery | None)
    assert_type(shop.draft_id_of(request), str)
    assert_type(shop.client_secret_of(request), str)
    assert_type(shop.tax_destination(request), str)
    shown = assert_type(shop.review(request), Review)
    assert_type(shown.draft, Delivery)
    assert_type(shown.seen, str)
    assert_type(shown.offer, Offer | None)
    assert_type(shown.summary, Summary)
    assert_type(shop.reserve(shown.draft.id, seen=shown.seen, charge=Decimal("9.95")), Delivery)
    assert_type(shop.unreserve(shown.draft.id), Delivery)
    assert_type(shop.place(order, shown.draft.id, seen=shown.seen), Delivery)
    assert_type(shop.require_choice(order), Delivery | None)
    shop.forget_choice(request)


def a_payments_answer(order: Group, draft_id: str) -> None:
    held = assert_type(shop.reserved(draft_id), Reserved | None)
    if held:
        assert_type(held.id, UUID)
        assert_type(held.price, Decimal | None)
        assert_type(held.expires_at, datetime)
    # Only what was paid for and is for no post office at all gets none.
    assert_type(shop.place(order, draft_id, paid=True, charged=Decimal("9.95")), Delivery | None)


def a_checkout_without_a_browser(request: HttpRequest) -> None:
    visitor = assert_type(shop.visitor_of(request, has_session=False), Visitor)
    found = assert_type(shop.find_offices("K1A 0B1", filters=("weekend",), visitor=visitor), OfficeList)
    assert_type(found.offices, tuple[ListedOffice, ...])
    assert_type(shop.office(found.offices[0].office.office_id), ListedOffice)
    choice = assert_type(shop.start_choice({"sku": 1}, visitor=visitor), Choice)
    assert_type(shop.choose(choice, "102978"), Delivery)
    assert_type(shop.say_recipient(choice, {"name": "Théo Gagnon"}), OfficeCheck)
    assert_type(shop.review_choice(choice), Review)
    assert_type(shop.choice(choice.id, choice.client_secret), Choice)


def after_the_order(order: Group, parcel: Parcel, recipient: Recipient) -> None:
    assert_type(shop.delivery_of(order), Delivery | None)
    asked = assert_type(shop.choose_for(order), ToChoose)
    assert_type(asked.url, str)
    assert_type(shop.release(order), Released)
    assert_type(shop.hold(order, "checked for fraud"), bool)
    assert_type(shop.resume(order), bool)
    assert_type(shop.cancel(order, user=None), Cancelled)
    assert_type(shop.to_home(order), Cancelled)
    assert_type(shop.replan(order), Changed)
    assert_type(shop.correct_recipient(asked.delivery, recipient), Changed)
    assert_type(shop.change_consignment(asked.delivery, 1, parcel=parcel, service=Service.XPRESSPOST), Changed)
    assert_type(shop.ship_again(order), Delivery)
    assert_type(shop.collected_at(order), datetime | None)
    assert_type(shop.erase(order, email="theo@example.com"), Erasure)
    assert_type(shop.export(order), dict[str, Any])
    assert_type(shop.forget(order), bool)


def of_one_parcel(shipment: Shipment) -> None:
    assert_type(shop.make_again(shipment), Changed)
    assert_type(shop.label_destroyed(shipment), Changed)
    assert_type(shop.nothing_exists(shipment, note="looked at the portal"), Changed)
    assert_type(shop.parcel_exists(shipment, "406951321983787352"), Changed)


def what_an_answer_holds(offer: Offer, delivery: Delivery) -> None:
    assert_type(offer.service, Service)
    assert_type(offer.name, str)
    assert_type(offer.price, Decimal | None)
    assert_type(offer.price_kind, PriceKind)
    assert_type(offer.expected_from, date | None)
    told = assert_type(shop.summarize(delivery, "fr"), Summary)
    assert_type(told.address_lines, tuple[str, ...])
    assert_type(told.hours, tuple[tuple[str, str], ...])
    assert_type(shop.as_text(told), str)
