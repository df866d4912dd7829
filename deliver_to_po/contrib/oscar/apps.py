"""The app that a shop adds above Oscar's own: templates, checks, and what an order's events lead to. No models."""

from django.apps import AppConfig


class DeliverToPoOscarConfig(AppConfig):
    """``deliver_to_po.contrib.oscar`` in INSTALLED_APPS, above ``oscar.config.Shop``: its templates come first then."""

    name = "deliver_to_po.contrib.oscar"
    label = "deliver_to_po_oscar"
    verbose_name = "Deliver to Post Office for Oscar"

    def ready(self) -> None:
        """Listen to orders, and check the shop."""
        from deliver_to_po.contrib.oscar import checks, events

        checks.register_all()
        events.connect()
