"""Finding the shop's orders by the fields that its adapter names."""

import re
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import QuerySet

from deliver_to_po.adapter import order_adapter
from deliver_to_po.models import Delivery

# How an adapter may say to compare; we compare whole values.
COMPARISONS = re.compile("__(i?exact|i?contains|i?startswith)$")


def deliveries_of_orders(text: str) -> Iterator[QuerySet[Delivery]]:
    """Yield, for each field that the adapter names, the deliveries of orders in which it is just that text.

    Only the usual spellings with capitals are tried, so that an index can be used.
    """
    orders: Any = Delivery._meta.get_field("order").related_model
    spelled: Collection[str] = {text, text.lower(), text.upper(), text.title()}
    for field in order_adapter().search_fields:
        matching = orders._base_manager.filter(**{f"{COMPARISONS.sub('', field)}__in": spelled}).values("pk")
        yield Delivery.objects.filter(order__in=matching).order_by()
