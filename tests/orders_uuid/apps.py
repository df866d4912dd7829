"""A second shop whose orders have UUID keys."""

from django.apps import AppConfig


class OrdersUuidConfig(AppConfig):
    """An app with nothing but an order."""

    name = "tests.orders_uuid"
    label = "orders_uuid"
