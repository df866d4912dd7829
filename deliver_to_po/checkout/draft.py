"""The draft: an office and a recipient before there is an order. Reading one, changing one, and its fingerprint."""

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from deliver_to_po.checkout.secret import refuse_wrong_secret
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.core.keyed_hash import Key, keyed_hash, was_made_here
from deliver_to_po.errors import ChoiceReserved, DeliverToPoError, DraftExpired, DraftTaken, DraftUnknown
from deliver_to_po.models import Delivery
from deliver_to_po.models.only import only
from deliver_to_po.models.parts import recipient_fields
from deliver_to_po.models.placing import draft_from

# A UUID with its hyphens and brackets.
LONGEST_ID = 45


def get_draft(draft_id: object, secret: object) -> Delivery:
    """Return a draft, or what is reserved for a payment, by its id and its secret.

    Raises DraftUnknown when there is none, WrongSecret, and DraftExpired when it is too old. What is reserved does not
    expire.
    """
    return usable(_opened(draft_id, secret, order=None))


def get_choice(draft_id: object, secret: object) -> Delivery:
    """Return a draft as ``get_draft`` does, or the delivery that it became when its order was placed."""
    row = _opened(draft_id, secret)
    return row if row is not None and row.order_id is not None else usable(row)


def usable(draft: Delivery | None) -> Delivery:
    """Return a row that may be gone on with; raises DraftUnknown for none and for what is erased, and DraftExpired."""
    if draft is None or draft.erased_at is not None:
        raise DraftUnknown
    if draft.state == DeliveryState.DRAFT and draft.expires_at <= timezone.now():
        raise DraftExpired
    return draft


def row_of(draft_id: object) -> Delivery | None:
    """Return the row of that id whatever its state, None when there is none; to read alone."""
    return _one_of(Delivery.objects.select_related("order"), draft_id)


def locked(draft_id: object) -> Delivery | None:
    """Return the row of that id whatever its state, locked until the transaction ends; None when there is none."""
    return _one_of(Delivery.objects.select_for_update(), draft_id)


def _opened(draft_id: object, secret: object, **conditions: Any) -> Delivery | None:
    row = _one_of(Delivery.objects.filter(**conditions), draft_id)
    if row is not None:
        refuse_wrong_secret(row, secret)
    return row


def _one_of(rows: QuerySet[Delivery], draft_id: object) -> Delivery | None:
    """Return the one of ``rows`` that has that id, None when none has, whatever was sent as one."""
    try:
        key = uuid.UUID(str(draft_id)[:LONGEST_ID])
    except ValueError:
        return None
    return only(rows.filter(pk=key))


def editable(draft: Delivery, *, before_making: Callable[[], None] = lambda: None) -> Delivery:
    """Return a draft that may be changed: the given one, or a copy of what is reserved, which stays as it is.

    ``before_making`` is called before that is stored; what it raises is raised.
    """
    if draft.state == DeliveryState.DRAFT:
        return draft
    before_making()
    return draft_from(draft)


@sensitive_variables()
def update_draft(draft: Delivery, fields: Mapping[str, Any]) -> None:
    """Write ``fields`` into one draft as ``write_draft`` does, then read the draft again."""
    write_draft(draft, fields)
    draft.refresh_from_db()


@sensitive_variables()
def write_draft(draft: Delivery, fields: Mapping[str, Any], *, if_still: Mapping[str, Any] | None = None) -> None:
    """Write ``fields`` into one draft by a conditional UPDATE.

    If the row no longer has the values of ``if_still``, nothing is written and the draft is read again: another tab has
    changed it. Raises what ``why_no_draft`` returns if it is no draft any longer.
    """
    row = Delivery.objects.filter(pk=draft.pk, state=DeliveryState.DRAFT)
    if row.filter(**(if_still or {})).update(**fields):
        vars(draft).update(fields)
    elif row.exists():
        draft.refresh_from_db()
    else:
        raise why_no_draft(draft)


def why_no_draft(draft: Delivery) -> DeliverToPoError:
    """Return ChoiceReserved, DraftTaken or, where the row is deleted, DraftUnknown: what has become of a draft."""
    now = Delivery.objects.filter(pk=draft.pk).values_list("state", flat=True).first()
    if now is None:
        return DraftUnknown()
    return ChoiceReserved() if now == DeliveryState.RESERVED else DraftTaken()


# Lengths of the two parts of a fingerprint: what was chosen, and what that costs.
CHOICE_LENGTH, PRICE_LENGTH = 40, 24
SALT = "deliver_to_po.fingerprint"


def fingerprint(draft: Delivery, key: Key | None = None) -> str:
    """Return a text that changes with the draft's office, recipient and price, for a review page to send along.

    ``place`` compares it: if another tab has changed the choice since the buyer saw it, nothing is placed. It is made
    with SECRET_KEY unless with ``key``.
    """
    chosen = [str(draft.pk), draft.office_id, *recipient_fields(draft.recipient).values()]
    # Without a price of ours the service may still be named by the cart that is paid for.
    costs = [] if draft.price is None else [draft.service, str(draft.price)]
    return keyed_hash(SALT, chosen, key)[:CHOICE_LENGTH] + keyed_hash(SALT, [*chosen, *costs], key)[:PRICE_LENGTH]


def is_as_seen(draft: Delivery, seen: object) -> bool:
    """Say whether all is as the buyer saw it on the review page; whatever was sent along."""
    return was_made_here(seen, partial(fingerprint, draft))


def is_chosen_as_seen(draft: Delivery, seen: object) -> bool:
    """Say whether office and recipient are those that the buyer saw, whatever the delivery costs by now."""
    if not isinstance(seen, str) or len(seen) != CHOICE_LENGTH + PRICE_LENGTH:
        return False
    return was_made_here(seen[:CHOICE_LENGTH], lambda key: fingerprint(draft, key)[:CHOICE_LENGTH])
