"""ORDER_ADAPTER: the class through which the shop speaks."""

from collections.abc import Callable, Iterator
from inspect import getattr_static, getdoc, iscoroutinefunction, isfunction, signature
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.http import HttpRequest

from deliver_to_po.adapter import OrderAdapter
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.configured import subclass_named
from deliver_to_po.operations.checks.messages import EXAMPLE_ADAPTER, error, nearest, setting_name, warning
from deliver_to_po.operations.checks.orders import order_model

NAME = setting_name("ORDER_ADAPTER")
EXAMPLE = f'Write a subclass of deliver_to_po.adapter.OrderAdapter and name it: "ORDER_ADAPTER": "{EXAMPLE_ADAPTER}".'
SEARCH_EXAMPLE = 'search_fields = ("number",)'
# How much alike two names are (0 to 1) when one is the other misspelled: “is_payed”, “hold_reasons”, “ship_form”.
NEARLY = 0.8
REQUIRED_METHODS = ("parcels", "ship_from", "goes_to_post_office", "next_url", "home_delivery_url")


def check_order_adapter(**_kwargs: object) -> list[CheckMessage]:
    """Check that ORDER_ADAPTER names a subclass of OrderAdapter that answers what only the shop can know."""
    path = app_settings.order_adapter
    if not path or not isinstance(path, str):
        return [error(20, f"{NAME} is missing, or no dotted path.", EXAMPLE)]
    try:
        adapter = subclass_named(path, OrderAdapter, NAME)
    except ImproperlyConfigured as problem:
        if why := problem.__cause__:
            return [error(21, f"{NAME}: “{path}” cannot be imported ({why}).", EXAMPLE)]
        return [error(22, f"{NAME}: “{path}” is not a subclass of OrderAdapter.", EXAMPLE)]
    return [
        *_methods_not_written(path, adapter),
        *_misspelled(path, adapter),
        *_not_as_asked(path, adapter),
        *_search_fields(path, adapter),
    ]


def _methods_not_written(path: str, adapter: type[OrderAdapter[Any]]) -> list[CheckMessage]:
    return [
        error(
            23,
            f"{path}.{method}() is not implemented.",
            f"Implement it. {_first_paragraph(method)}",
        )
        for method in REQUIRED_METHODS
        if getattr(adapter, method) is getattr(OrderAdapter, method)
    ]


def _misspelled(path: str, adapter: type[OrderAdapter[Any]]) -> Iterator[CheckMessage]:
    """Yield a warning for each name that is nearly one of ours, where the adapter does not write ours itself."""
    not_written = [name for name, ours in vars(OrderAdapter).items() if getattr(adapter, name) is ours]
    for name in sorted(set(dir(adapter)) - set(dir(OrderAdapter))):
        if meant := nearest(name, not_written, cutoff=NEARLY):
            fix = f"Did you mean “{meant}”? If not, give it another name, or silence this."
            yield warning(27, f"{path}.{name}: the app never asks for this.", fix)


def _not_as_asked(path: str, adapter: type[OrderAdapter[Any]]) -> Iterator[CheckMessage]:
    """Yield what stands in the place of a method and cannot be called as it is asked, or of a switch and is none."""
    for method, ours in {**vars(OrderAdapter), "__init__": _made}.items():
        if isfunction(ours) and not _takes(adapter, method, ours):
            written = ", ".join(signature(ours).parameters)
            message = f"{path}.{method} cannot be called as it is asked."
            yield error(26, message, f"Write it as a method: def {method}({written}).")
    keeps = adapter.keeps_prices
    if callable(keeps) or not (isinstance(keeps, bool) or hasattr(keeps, "__get__")):
        fix = "Write keeps_prices = True or keeps_prices = False; it is no method."
        yield error(26, f"{path}.keeps_prices is neither True nor False.", fix)
    elif keeps is True and adapter.cart is OrderAdapter.cart:
        yield warning(
            28,
            f"{path}.keeps_prices is True, but cart() is not written: nobody comes past the review.",
            "Write cart(request); silence this where every choice begins with start_choice(cart).",
        )


def _made(self: object) -> None:
    """Stand for how the app makes the adapter."""


def _takes(adapter: type[OrderAdapter[Any]], method: str, ours: Callable[..., Any]) -> bool:
    """Say whether the adapter's method takes as many arguments as ours; of what hides its own, nobody can say no."""
    theirs, asked = getattr(adapter, method), list(signature(ours).parameters)
    if not callable(theirs) or iscoroutinefunction(theirs):
        return False
    if isinstance(getattr_static(adapter, method), staticmethod | classmethod):
        asked = asked[1:]
    try:
        signature(theirs).bind(*asked)
    except (TypeError, ValueError) as error:
        return isinstance(error, ValueError)
    return True


def _first_paragraph(method: str) -> str:
    return (getdoc(getattr(OrderAdapter, method)) or "").partition("\n\n")[0]


def _search_fields(path: str, adapter: type[OrderAdapter[Any]]) -> Iterator[CheckMessage]:
    """Yield what in search_fields would break the admin's search: it asks for each from the delivery."""
    model = order_model()
    if model is None or not apps.is_installed("django.contrib.admin"):
        return
    if isinstance(adapter.search_fields, str):
        fix = f"Write it with brackets and a comma: {SEARCH_EXAMPLE}."
        yield error(25, f"{path}.search_fields is a string, not a tuple of strings.", fix)
        return
    if not isinstance(adapter.search_fields, list | tuple):
        yield error(25, f"{path}.search_fields is no tuple of strings.", f"Write {SEARCH_EXAMPLE}, or leave it out.")
        return
    order = model._meta.label
    fix = f"Name text fields of {order}, or of what it points at, such as {SEARCH_EXAMPLE}; without “^”, “=” or “@”."
    for field in adapter.search_fields:
        if not _can_be_searched(str(field)):
            yield error(24, f"{path}.search_fields: {order} cannot be searched by “{field}”.", fix)


def _can_be_searched(field: str) -> bool:
    """Say whether the admin's own search takes a lookup into the order. Asks no database."""
    # Importing it needs apps that are loaded, and contenttypes.
    from django.contrib.admin import ModelAdmin, site

    delivery = apps.get_model("deliver_to_po", "Delivery")
    search = type("OrderSearch", (ModelAdmin,), {"search_fields": (f"order__{field}",)})(delivery, site)
    try:
        search.get_search_results(HttpRequest(), delivery._default_manager.all(), "x")
    except (FieldError, ValidationError, ValueError):
        return False
    return True
