"""What is shipped by hand passes what is asked of every shipping system."""

from deliver_to_po.testing.shipping_systems import ShippingSystemTests


class TestManual(ShippingSystemTests):
    backend = "deliver_to_po.shipping.manual.Manual"
    options = {"HAS_SHOWN_A_LABEL": True}
