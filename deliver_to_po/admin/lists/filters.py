"""What the list of deliveries can be narrowed down to."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from deliver_to_po.admin.queues import queue_named, queues
from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.core.choices.states import WITHOUT_ORDER
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.shipment import newest_revision


class StateFilter(admin.SimpleListFilter):
    """Every delivery that has an order, or those in one state."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(DeliveryState.choices)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Return the choices, the first of them named by what it shows."""
        choices = super().choices(changelist)
        yield {**next(choices), "display": _("all that have an order")}
        yield from choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        state = self.value()
        if state in WITHOUT_ORDER:
            return queryset.filter(state=state)
        # Those before are other people's unfinished choices. However the list is sorted, an index has only the others.
        with_order = queryset.filter(order__isnull=False)
        return with_order.filter(state=state) if state else with_order


class QueueFilter(admin.SimpleListFilter):
    """Deliveries that wait for one thing; the list shows it as a row of its own, with counts."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(queue.name, queue.title) for queue in queues()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        queue = queue_named(self.value())
        return queryset.filter(pk__in=queue.rows().values("pk")) if queue else queryset


class ShipmentStateFilter(admin.SimpleListFilter):
    """Deliveries that have a parcel whose newest shipment is in one state."""

    title = _("state of a shipment")
    parameter_name = "shipment_state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(ShipmentState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        if not (state := self.value()):
            return queryset
        newest = Shipment.objects.filter(newest_revision(), state=state)
        return queryset.filter(Exists(newest.filter(delivery=OuterRef("pk"))))


class LiveFilter(admin.SimpleListFilter):
    title = _("live or test")
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("1", _("live")), ("0", _("test"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("0", "1"):
            return queryset.filter(live=self.value() == "1")
        return queryset
