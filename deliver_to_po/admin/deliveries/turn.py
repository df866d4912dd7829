"""Which of its queue a delivery is, and the one after it: so that a clerk goes from one to the next."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from deliver_to_po.admin.queues import MOST, Queue
from deliver_to_po.models import Delivery


@dataclass(frozen=True, slots=True)
class Turn:
    """A delivery is the ``number``th of ``queue``, in the order of the list; ``next`` is the one after it, if any."""

    queue: Queue
    number: int
    next: UUID | None


def turn_of(delivery: Delivery, queue: Queue | None) -> Turn | None:
    """Return which of its queue a delivery is, None where it is in none, or behind more than anybody pages through."""
    if queue is None or delivery.placed_at is None:
        return None
    rows = queue.rows()
    at, pk = delivery.placed_at, delivery.pk
    before = rows.filter(Q(placed_at__gt=at) | Q(placed_at=at, pk__gt=pk)).order_by()[:MOST].count()
    if before == MOST:
        return None
    after = rows.filter(Q(placed_at__lt=at) | Q(placed_at=at, pk__lt=pk)).order_by("-placed_at", "-pk")
    return Turn(queue, before + 1, after.values_list("pk", flat=True).first())
