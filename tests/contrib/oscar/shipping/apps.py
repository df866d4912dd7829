"""A fork of Oscar's shipping, in a shop without taxes whose one method is the post office."""

from oscar.apps.shipping import apps


class ShippingConfig(apps.ShippingConfig):
    """Oscar's own, in this folder."""

    name = "tests.contrib.oscar.shipping"
