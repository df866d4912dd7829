"""A fork of Oscar's order."""

from oscar.apps.order import apps


class OrderConfig(apps.OrderConfig):
    """Oscar's own, in this folder."""

    name = "tests.contrib.oscar.order"
