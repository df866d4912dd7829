"""The dummy passes what is asked of every shipping system."""

from dataclasses import replace

from deliver_to_po.shipping import Made
from deliver_to_po.shipping.dummy import DummyShipping
from deliver_to_po.testing.shipping_systems import ShippingSystemTests


class TestDummyShipping(ShippingSystemTests):
    backend = "deliver_to_po.shipping.dummy.DummyShipping"

    def reset(self) -> None:
        DummyShipping.reset()

    def lose_the_answer(self) -> None:
        DummyShipping.will_lose_the_answer()

    def transmitted(self, made: Made) -> Made:
        return replace(made, transmitted=True)
