"""The fork as Django knows it."""

from django.urls import path
from oscar.apps.checkout import apps
from oscar.core.loading import get_class


class CheckoutConfig(apps.CheckoutConfig):
    """Oscar's own, in this folder, and where a payment page sends the buyer back to."""

    name = "example_shop.oscar.checkout"

    def get_urls(self):
        """Return Oscar's pages and this one."""
        paid = get_class("checkout.views", "PaidView")
        return [path("paid/", paid.as_view(), name="paid"), *super().get_urls()]
