"""The shop as Django knows it."""

from django.apps import AppConfig


class OscarShopConfig(AppConfig):
    """Has a label of its own, since Oscar's is ``oscar``."""

    name = "example_shop.oscar"
    label = "oscar_shop"
