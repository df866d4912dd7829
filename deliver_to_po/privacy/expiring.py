"""Drafts, reservations and deliveries whose time is over: deleted, or cancelled so that they can be erased."""

from django.db import IntegrityError, connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, Reason
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import drop_waiting, move_delivery
from deliver_to_po.privacy.lifetimes import AT_A_TIME, each_in_turn, in_turn, kept_since, waited_too_long


def delete_expired_drafts() -> int:
    """Delete drafts that no order has taken within DRAFT_LIFETIME, with the recipient in them; return how many."""
    return _delete(Delivery.objects.filter(state=DeliveryState.DRAFT, expires_at__lte=timezone.now()))


def delete_forgotten_reservations() -> int:
    """Delete what was reserved for a payment longer ago than a recipient is kept, and erased since; return how many."""
    over = Delivery.objects.filter(state=DeliveryState.RESERVED, reserved_at__lte=kept_since())
    return _delete(over.filter(erased_at__isnull=False))


def _delete(rows: QuerySet[Delivery]) -> int:
    """Delete rows, AT_A_TIME at most, except those that are locked.

    If a row in the shop's tables refers to one of them, they are deleted one by one, so that the others can go.
    """
    try:
        return _delete_together(rows)
    except IntegrityError:
        return each_in_turn("Deletion of", rows, lambda row: _delete_together(rows.filter(pk=row.pk)) > 0)


def _delete_together(rows: QuerySet[Delivery]) -> int:
    features = connections[rows.db].features
    with transaction.atomic(using=rows.db):
        locked = rows.select_for_update(skip_locked=features.has_select_for_update_skip_locked)
        pks = list(in_turn(locked).values_list("pk", flat=True)[:AT_A_TIME])
        rows.filter(pk__in=pks).delete()
    return len(pks)


def delete_draft(draft: Delivery) -> bool:
    """Delete a draft, unless somebody is using it, and say so; raises IntegrityError if the shop's rows refer to it."""
    return _delete_together(Delivery.objects.filter(pk=draft.pk, state=DeliveryState.DRAFT)) > 0


def expire_deliveries() -> int:
    """Stop what has waited longer than a recipient is kept, so that it can be erased; return how many deliveries.

    What was placed, is on hold or needs a choice is cancelled, and so is what was released and never sent, tests too.
    A delivery that cannot be cancelled, since another parcel of it is live, loses the parcels that wait.
    """
    return each_in_turn("Expiry of", waited_too_long(), _expire)


def _expire(delivery: Delivery) -> bool:
    expired = move_delivery(delivery, Change.EXPIRE, reason=Reason.EXPIRED)
    return expired or bool(drop_waiting(delivery, Reason.EXPIRED))
