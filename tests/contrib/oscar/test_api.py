"""A program buys in the Oscar shop: what is bought is the basket that Oscar's own cookie names."""

from decimal import Decimal
from typing import Any

import pytest
from oscar.apps.partner.strategy import Default
from oscar.core.loading import get_model
from oscar.test.factories import create_order

from deliver_to_po import shop
from deliver_to_po.contrib.oscar.choice import CODE
from tests.contrib.oscar.buyer import Buyer
from tests.factories import TYPED_RECIPIENT as RECIPIENT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.contrib.oscar.urls_with_api"),
    pytest.mark.usefixtures("filled", "emulator"),
]


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "Pick up at the post office"), ("fr", "Ramassage au bureau de poste")]
)
def test_a_program_buys_the_basket_in_its_language(language: str, heading: str) -> None:
    buyer = Buyer(language=language)
    buyer.put_into_basket("wool-blanket")
    secret = {"D2PO-Secret": ""}

    def send(method: str, path: str, body: object = None) -> Any:
        answer = getattr(buyer.client, method)(f"/d2po/v1/{path}", body, "application/json", headers=secret)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    [office] = send("post", "offices/search", {"q": "K1A 0B1", "limit": 1})["offices"]
    [price] = {one["price"] for one in office["offers"] if one["service"] == "DOM.EP"}
    started = send("post", "choices", {"office_id": office["id"]})
    secret["D2PO-Secret"] = started["client_secret"]
    choice = f"choices/{started['id']}"
    said = send("put", f"{choice}/recipient", RECIPIENT)
    assert (said["price"], said["next"], said["summary"]["heading"]) == (price, "reserve", heading)
    reserved = send("post", f"{choice}/reserve", {"seen": said["seen"], "charge": price})
    assert (reserved["state"], reserved["next"]) == ("reserved", "place")

    basket = get_model("basket", "Basket").objects.get()
    # The shop makes its order as it likes; here without taxes.
    basket.strategy = Default()
    order = create_order(basket=basket)
    get_model("order", "Order").objects.update(shipping_code=CODE)
    order.refresh_from_db()
    placed = shop.place(order, started["id"], paid=True, charged=Decimal(price))
    assert placed is not None
    assert (placed.reason, placed.office_id, placed.recipient_name) == ("", office["id"], RECIPIENT["name"])
