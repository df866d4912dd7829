"""Finding the shop's orders by the fields that its adapter names."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Q, QuerySet

from deliver_to_po.adapter import order_adapter
from deliver_to_po.models import Delivery

# How an adapter may say to compare; we compare whole values.
COMPARISONS = re.compile("__(i?exact|i?contains|i?startswith)$")


def deliveries_of_orders(text: str) -> Iterator[QuerySet[Delivery]]:
    """Yield, for each field that the adapter names, the deliveries of orders in which it is just that text.

    Only the usual spellings with capitals are tried, so that an index can be used. No order has a text in a field that
    cannot hold it, such as a name in a number.
    """
    # Not by a manager of the shop's, which may leave some out.
    orders = QuerySet[Any](Delivery._meta.get_field("order").related_model)
    for field in order_adapter().search_fields:
        matching = Q(pk__in=[])
        for spelled in {text, text.lower(), text.upper(), text.title()}:
            # Not all of them at once: Django then knows which number is too large for the database.
            just_that = Q(**{COMPARISONS.sub("", field): spelled})
            try:
                orders.filter(just_that)
            except (FieldError, TypeError, ValidationError, ValueError):
                continue
            matching |= just_that
        yield Delivery.objects.filter(order__in=orders.filter(matching).values("pk")).order_by()
