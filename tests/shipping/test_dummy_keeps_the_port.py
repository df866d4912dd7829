"""The dummy passes what is asked of every shipping system."""

from deliver_to_po.shipping.dummy import DummyShipping
from deliver_to_po.testing.shipping_systems import ShippingSystemTests


class TestDummyShipping(ShippingSystemTests):
    backend = "deliver_to_po.shipping.dummy.DummyShipping"

    def reset(self) -> None:
        DummyShipping.reset()

    def lose_the_answer(self) -> None:
        DummyShipping.will_lose_the_answer()
