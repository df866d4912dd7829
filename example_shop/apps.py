"""The shop as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExampleShopConfig(AppConfig):
    """A shop with its own orders."""

    name = "example_shop"
    verbose_name = _("Shop")
    default_auto_field = "django.db.models.BigAutoField"
