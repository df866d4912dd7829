"""ORDER_ADAPTER: the class through which the shop speaks."""

from django.core.checks import CheckMessage
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from deliver_to_po.adapter import OrderAdapter
from deliver_to_po.checks.messages import error, setting_name
from deliver_to_po.conf import app_settings

NAME = setting_name("ORDER_ADAPTER")
REQUIRED_METHODS = ("parcels", "ship_from", "is_d2po", "next_url", "home_delivery_url")


def check_order_adapter(**_kwargs: object) -> list[CheckMessage]:
    """Check that ORDER_ADAPTER names a subclass of OrderAdapter that answers what only the shop can know."""
    path = app_settings.order_adapter
    example = _("Write a subclass of %(base)s and name it: %(line)s.") % {
        "base": "deliver_to_po.adapter.OrderAdapter",
        "line": '"ORDER_ADAPTER": "shop.d2po.Adapter"',
    }
    if not path or not isinstance(path, str):
        return [error(20, _("%(setting)s is missing.") % {"setting": NAME}, example)]
    try:
        adapter = import_string(path)
    except ImportError as problem:
        message = _("%(setting)s: “%(path)s” cannot be imported (%(problem)s).")
        return [error(21, message % {"setting": NAME, "path": path, "problem": problem}, example)]
    if not (isinstance(adapter, type) and issubclass(adapter, OrderAdapter)):
        message = _("%(setting)s: “%(path)s” is no subclass of OrderAdapter.")
        return [error(22, message % {"setting": NAME, "path": path}, example)]
    return _methods_not_written(path, adapter)


def _methods_not_written(path: str, adapter: type[OrderAdapter]) -> list[CheckMessage]:
    return [
        error(
            23,
            _("%(path)s.%(method)s() is not written.") % {"path": path, "method": method},
            _("Write it; what it must return: %(docs)s") % {"docs": getattr(OrderAdapter, method).__doc__},
        )
        for method in REQUIRED_METHODS
        if getattr(adapter, method) is getattr(OrderAdapter, method)
    ]
