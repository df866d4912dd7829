"""The fork as Django knows it."""

from oscar.apps.shipping import apps


class ShippingConfig(apps.ShippingConfig):
    """Oscar's own, in this folder."""

    name = "example_shop.oscar.shipping"
