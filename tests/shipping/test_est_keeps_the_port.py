"""Files for EST 2.0 pass what is asked of every shipping system."""

from deliver_to_po.testing.shipping_systems import ShippingSystemTests


class TestEst2File(ShippingSystemTests):
    backend = "deliver_to_po.shipping.est.Est2File"
