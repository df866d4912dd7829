"""How an order gets its delivery: a draft is placed, or one is added that needs a choice of post office."""

from copy import copy
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from deliver_to_po import signals
from deliver_to_po.core.choices import Change, Reason
from deliver_to_po.core.choices import DeliveryState as D
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models.delivery import Delivery
from deliver_to_po.models.history import History
from deliver_to_po.models.moves import move_delivery, tell
from deliver_to_po.models.only import only
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS
from deliver_to_po.models.search_key import keep_keys

# What somebody asked of a delivery before a post office was chosen for it.
ASKED = ("release_asked_at", "hold_asked_at")


@sensitive_variables()
def draft_from(former: Delivery, **fields: Any) -> Delivery:
    """Return a new draft with post office and recipient of the ``former`` one, which stays as it is, or its ``fields``.

    What is paid for may be another cart by then: its service is asked for again, unless the buyer has seen its price.
    """
    kept: tuple[str, ...] = ("language", "office_hours", "office_fetched_at", "office_check", "office_checked_at")
    if former.price is not None:
        kept += ("service", "price", "price_quoted_at", "quote")
    values = {name: getattr(former, name) for name in (*RECIPIENT_FIELDS, *OFFICE_FIELDS, *kept)}
    return Delivery.objects.create(**values | fields, expires_at=timezone.now() + app_settings.draft_lifetime)


def place_draft(draft: Delivery, change: Change, order: Any, *, note: str = "", **fields: Any) -> bool:
    """Make ``draft`` the current delivery of ``order`` by one of the moves that place; say whether that was allowed.

    A cancelled one is let go and replaced. So is one for which nothing was ever chosen, if ``draft`` holds a choice;
    what was asked of it is kept. Raises IntegrityError when the order has another current delivery.
    """
    with transaction.atomic():
        former = _let_go_of_former(order, unchosen=draft.complete)
        if former is not None and former.state != D.CANCELLED:
            fields |= {name: getattr(former, name) for name in ASKED}
        fields |= {"order": order, "current_order": order, "replaces": former}
        placed = move_delivery(draft, change, locked=True, note=note, **fields)
        if not placed:
            transaction.set_rollback(True)
    return placed


def _let_go_of_former(order: Any, *, unchosen: bool) -> Delivery | None:
    """Make the current delivery of ``order`` a former one, and return it as it was before; else None.

    If it is cancelled, and where ``unchosen`` also if nothing was ever chosen for it.
    """
    rows = Delivery.objects.filter(current_order=order)
    # Most orders have none: nothing of a row is read to find that.
    current = only(rows.select_for_update()) if rows.exists() else None
    if current is None:
        return None
    if current.state == D.CANCELLED:
        Delivery.objects.filter(pk=current.pk).update(current_order=None)
        return current
    if not unchosen:
        return None
    never_chosen = Q(state=D.NEEDS_CHOICE, office_id="")
    fields: dict[str, Any] = {"reason": Reason.REPLACED, "current_order": None}
    return current if move_delivery(copy(current), Change.CANCEL, only_if=never_chosen, **fields) else None


def add_unchosen(order: Any, **fields: Any) -> Delivery | None:
    """Return a new delivery of ``order`` that needs a choice; None when the order has a current one already.

    A cancelled one is let go and replaced.
    """
    try:
        with transaction.atomic():
            return _added_unchosen(order, fields)
    except IntegrityError:
        # Another one came first: the unique column is what decides.
        return None


def _added_unchosen(order: Any, fields: dict[str, Any]) -> Delivery | None:
    former = _let_go_of_former(order, unchosen=False)
    if Delivery.objects.filter(current_order=order).exists():
        return None
    now = timezone.now()
    delivery = Delivery.objects.create(
        order=order,
        current_order=order,
        replaces=former,
        state=D.NEEDS_CHOICE,
        reason=Reason.NEVER_CHOSEN,
        placed_at=now,
        expires_at=now,
        **fields,
    )
    keep_keys(delivery, first=True)
    History.objects.create(delivery=delivery, change=Change.ADD_UNCHOSEN, reason=Reason.NEVER_CHOSEN)
    tell(signals.needs_choice, delivery)
    return delivery
