"""Whatever buyers do in whichever order: what is shown is charged, kept and shipped, taxed where it is picked up."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliver_to_po.adapter import order_adapter
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from tests.rounds import do_due

NEAR = ("K1A 0B1", "H2X 1Y4", "V6B 1A1")
SERVICES: tuple[str, ...] = ("DOM.EP", "DOM.XP")
Form = dict[str, str]


class Shop:
    """One shop of the tests, with a buyer who has nothing in the basket yet: what its pages are called, and its taxes.

    The answer to a payment tells the shop whether it was paid; ``own`` says whether in the buyer's own browser.
    """

    buyer: Any
    services = SERVICES
    #: Whether there is another page to pay on.
    elsewhere = True
    post_office = "post_office"
    #: The attribute of an order that says what it costs.
    total = "total"
    #: What only this shop's buyers and merchant do while a payment is made elsewhere, as methods of this class.
    meanwhile: tuple[str, ...] = ()
    #: The totals that were shown of what was ordered in such a time.
    shown_beside: list[str]

    def last_page(self) -> tuple[Form, str]:
        """Return what the last page's form would send, and the total that the page shows."""
        raise NotImplementedError

    def press(self, form: Form) -> None:
        """Place the order, and pay on the shop's own page."""
        raise NotImplementedError

    def leave(self, form: Form) -> Callable[[bool, bool], object]:
        """Go to the payment page, and return its answer: whether it was ``paid``, and whether ``own``."""
        raise NotImplementedError

    def order_beside(self) -> None:
        """Put something else into a basket of its own, and pay for that at once."""
        self.buyer.put_into_basket("stoneware-mug", len(self.shown_beside) + 1)
        if self.shown_beside:
            # The first one goes where that goes which is being paid for.
            self.buyer.say_who()
            self.buyer.choose_method(self.post_office)
            self.buyer.choose_and_name(NEAR[0])
        form, shown = self.last_page()
        self.press(form)
        self.shown_beside.append(shown)

    def toggle_voucher(self) -> None:
        """Enter one that takes something off, or remove it."""
        raise NotImplementedError

    def make_dearer(self) -> None:
        """Ask more for whatever is sold, as a merchant does at any time."""
        raise NotImplementedError

    def go_home_and_back(self) -> None:
        """Choose home delivery, then a post office after all."""
        self.buyer.choose_method("home")
        self.buyer.choose_method(self.post_office)

    def orders(self) -> list[Any]:
        raise NotImplementedError

    def check_order(self, order: Any, delivery: Delivery) -> None:
        """Check the charge for the delivery, and that all taxes are those of the post office's province."""
        raise NotImplementedError


@dataclass(frozen=True)
class Doing:
    """One thing that the buyer does in another tab, or the merchant meanwhile."""

    what: str
    near: str = ""
    service: str = ""

    def do(self, shop: Shop) -> None:
        match self.what:
            case "office":
                shop.buyer.choose_office(self.near, service=self.service)
            case "voucher":
                shop.toggle_voucher()
            case "dearer":
                shop.make_dearer()
            case "add":
                shop.buyer.put_into_basket("stoneware-mug")
            case "home and back":
                shop.go_home_and_back()
            case "given up":
                shop.leave(shop.last_page()[0])(False, True)
            case own:
                getattr(shop, own)()


def doings(shop: type[Shop], *more: str, most: int) -> st.SearchStrategy[list[Doing]]:
    """Return what may be done, and ``more`` of it, in any order."""
    office = st.builds(Doing, st.just("office"), st.sampled_from(NEAR), st.sampled_from(shop.services))
    others = [Doing(what) for what in ("voucher", "dearer", "add", "home and back", *more)]
    return st.lists(st.one_of(office, st.sampled_from(others)), max_size=most)


def check(shop: type[Shop], emulator: EmulatorServer, **drawn: Any) -> None:
    """Let somebody buy as it was drawn, check what came of it, and undo it."""
    with transaction.atomic():
        _check(shop(), emulator, **drawn)
        transaction.set_rollback(True)


def _check(
    shop: Shop,
    emulator: EmulatorServer,
    *,
    pan: bool,
    near: str,
    before: list[Doing],
    elsewhere: bool,
    during: list[Doing],
    given_up: bool,
    after: list[Doing],
    owns: list[bool],
) -> None:
    shop.shown_beside = []
    emulator.reset()
    # What visitors have asked for is counted there.
    cache.clear()
    for product in ("wool-blanket", "cast-iron-pan")[: 1 + pan]:
        shop.buyer.put_into_basket(product)
    shop.buyer.say_who()
    shop.buyer.choose_method(shop.post_office)
    shop.buyer.choose_and_name(near)
    old = shop.last_page()
    for doing in before:
        doing.do(shop)
    # The old page either is still right, or charges nothing.
    form, shown = shop.last_page()
    if old != (form, shown):
        shop.press(old[0])
        assert not shop.orders()
        form, shown = shop.last_page()
    if elsewhere:
        answer = shop.leave(form)
        for doing in during:
            doing.do(shop)
        if given_up:
            answer(False, True)
            for doing in after:
                doing.do(shop)
        for own in owns:
            answer(True, own)
    else:
        shop.press(form)
    orders = {str(getattr(order, shop.total)): order for order in shop.orders()}
    assert sorted(orders) == sorted([shown, *shop.shown_beside])
    # Whoever presses once more buys nothing more.
    shop.press(form)
    assert len(shop.orders()) == len(orders)
    do_due()
    made = {one.body["deliverySpec"]["references"]["customerRef1"]: one.body for one in emulator.shipments}
    for total, order in orders.items():
        delivery = Delivery.objects.get(current_order=order)
        if delivery.state == "held":
            # What is paid after all may have been chosen otherwise meanwhile.
            assert total == shown
            assert given_up or "look" in [doing.what for doing in during]
            assert delivery.reference not in made
            continue
        spec = made.pop(delivery.reference)["deliverySpec"]
        [parcel] = order_adapter().parcels(order)
        assert delivery.state == "released"
        assert spec["serviceCode"] == delivery.service
        assert Decimal(str(spec["parcelCharacteristics"]["weight"])) == parcel.weight_kg
        shop.check_order(order, delivery)
    assert not made


def checkouts(shop: type[Shop]) -> Callable[[Any], Any]:
    """Let a test draw what is done in a shop: a few times, and forty where Hypothesis tries many."""
    few = settings(
        max_examples=settings().max_examples // 5,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    drawn = given(
        pan=st.booleans(),
        near=st.sampled_from(NEAR),
        before=doings(shop, *["given up"] * shop.elsewhere, most=4),
        elsewhere=st.booleans() if shop.elsewhere else st.just(False),
        during=doings(shop, *shop.meanwhile, most=3),
        given_up=st.booleans(),
        after=doings(shop, most=2),
        owns=st.lists(st.booleans(), min_size=1, max_size=2),
    )
    return lambda test: few(drawn(test))
