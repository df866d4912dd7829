"""Whatever buyers do in whichever order: what is shown is charged, kept and shipped, taxed where it is picked up."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliver_to_po.contrib.oscar.choice import CODE
from deliver_to_po.emulator.server import EmulatorServer
from example_shop.oscar.partner.strategy import Strategy
from tests.contrib.oscar.buyer import Buyer, Order, amounts, only_delivery, only_order
from tests.contrib.oscar.settings import SHOP
from tests.contrib.oscar.test_money import VOUCHER, answers
from tests.rounds import do_due

NEAR = ("K1A 0B1", "H2X 1Y4", "V6B 1A1")
# The shop of the page has one service, no taxes, and one way to pay.
ALL = SHOP == "order"
SERVICES = ("DOM.EP", "DOM.XP") if ALL else ("DOM.EP",)


@dataclass(frozen=True)
class Doing:
    """One thing that the buyer does in another tab."""

    what: str
    near: str = ""
    service: str = ""

    def do(self, buyer: Buyer) -> None:
        """Do it."""
        match self.what:
            case "office":
                buyer.choose_office(self.near, service=self.service)
            case "voucher":
                buyer.post("basket:vouchers-add", {"code": VOUCHER})
            case "add":
                buyer.put_into_basket("stoneware-mug")
            case "home and back":
                buyer.choose_method("home")
                buyer.choose_method(CODE)
            case "declined":
                buyer.place_order(pay="declined")


doings = st.one_of(
    st.builds(Doing, st.just("office"), st.sampled_from(NEAR), st.sampled_from(SERVICES)),
    st.sampled_from([Doing(what) for what in ("voucher", "add", "home and back", *["declined"] * ALL)]),
)


def check(
    emulator: EmulatorServer,
    *,
    pan: bool,
    near: str,
    before: list[Doing],
    elsewhere: bool,
    during: list[Doing],
    given_up: bool,
) -> None:
    emulator.reset()
    # What visitors have asked for is counted there.
    cache.clear()
    buyer = Buyer()
    buyer.put_into_basket("wool-blanket")
    if pan:
        buyer.put_into_basket("cast-iron-pan")
    form = buyer.go_to_preview(near) and buyer.form()
    for doing in before:
        doing.do(buyer)
    # The old page either is still right, or charges nothing.
    page = buyer.get("checkout:preview")
    if form != buyer.form():
        buyer.place_order(form)
        assert not Order.objects.exists()
        page = buyer.get("checkout:preview")
    if elsewhere:
        answer = answers(buyer)
        for doing in during:
            doing.do(buyer)
        if given_up:
            buyer.post("checkout:paid", {"paid": answer["cancel"]})
        buyer.post("checkout:paid", {"paid": answer["pay"]})
    else:
        buyer.place_order()
    order, delivery = only_order(), only_delivery()
    while do_due():
        pass
    if amounts(page)[-1] != str(order.total_incl_tax):
        # What is paid for after all has goods in it by now that were put into another basket.
        assert given_up
        assert (delivery.state, emulator.shipments, order.notes.count()) == ("held", [], 1)
        return
    [made] = emulator.shipments
    rate = Strategy.tax_rates[delivery.office_province] if ALL else 0
    assert (order.shipping_excl_tax, delivery.state) == (delivery.price, "released")
    assert made.body["deliverySpec"]["serviceCode"] == delivery.service
    assert order.shipping_tax == round(delivery.price * rate, 2)
    for line in order.lines.all():
        # Oscar takes a discount off before tax, then scales the taxed price, which is in cents, by it.
        assert abs(line.line_price_incl_tax - line.line_price_excl_tax * (1 + rate)) <= Decimal("0.01") * line.quantity


checkouts = given(
    pan=st.booleans(),
    near=st.sampled_from(NEAR),
    before=st.lists(doings, max_size=4),
    elsewhere=st.booleans() if ALL else st.just(False),
    # The basket is another one then, and nothing is in it.
    during=st.lists(doings.filter(lambda doing: doing.what != "declined"), max_size=3),
    given_up=st.booleans(),
)
not_each = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def _each(emulator: EmulatorServer, **drawn: object) -> None:
    with transaction.atomic():
        check(emulator, **drawn)  # type: ignore[arg-type]
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=5, suppress_health_check=not_each)
@checkouts
def test_a_few_checkouts(filled: None, emulator: EmulatorServer, **drawn: object) -> None:
    _each(emulator, **drawn)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.django_db
@settings(max_examples=50, suppress_health_check=not_each)
@checkouts
def test_many_checkouts(filled: None, emulator: EmulatorServer, **drawn: object) -> None:
    _each(emulator, **drawn)
