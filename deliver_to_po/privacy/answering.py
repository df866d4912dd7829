"""Answering whoever asks what is held about them: look, export, erase, in all orders; each step is written down."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.views.decorators.debug import sensitive_variables

from deliver_to_po.core.choices import DeliveryState, PrivacyStep
from deliver_to_po.host.orders import deliveries_of_orders
from deliver_to_po.models import Delivery, PrivacyRequest, Shipment
from deliver_to_po.outbox.each import each_by_itself
from deliver_to_po.privacy.erasing import Erasure, erase_delivery, foretold
from deliver_to_po.privacy.expiring import delete_draft
from deliver_to_po.privacy.lifetimes import AT_A_TIME, kept_since
from deliver_to_po.privacy.personal_data import deliveries_about, exported, exported_to_buyer, person

# More deliveries than anybody has; a page of more would help nobody.
MOST = 500


class Role(StrEnum):
    """As what a delivery has to do with a person."""

    #: It names them: they pick up.
    RECIPIENT = "recipient"
    #: An earlier parcel of it named them; it is somebody else's by now.
    FORMER_RECIPIENT = "former recipient"
    #: They ordered for somebody else: it holds nothing of theirs but what was written to them.
    BUYER = "buyer"


@dataclass(frozen=True, repr=False)
class Asked:
    """By what somebody is looked for in all orders; see ``person`` for how it is compared."""

    email: str = ""
    phone: str = ""
    name: str = ""
    postal_code: str = ""

    def whose(self) -> Q:
        """Return the condition that a row names them; raises ValueError as ``person`` does, and for a name alone."""
        if not (self.email.strip() or self.phone.strip() or self.postal_code.strip()):
            raise ValueError("many people share a name: say whose by an e-mail address, a phone or a postal code")
        return person(**asdict(self))

    @property
    def kinds(self) -> str:
        """Return what was given, in the order of the fields, with a space between two."""
        return " ".join(name for name, text in asdict(self).items() if text.strip())


class Held(NamedTuple):
    """One delivery that has to do with a person, as what, and what would come of erasing it now.

    ``shipments`` are those that name them.
    """

    delivery: Delivery
    role: Role
    shipments: Sequence[Shipment]
    erasure: Erasure


class Answered(NamedTuple):
    """The result of a request to erase: how many deliveries, and how many choices that never became an order."""

    erased: int = 0
    deleted: int = 0
    later: int = 0
    failed: int = 0


@sensitive_variables()
def look_for(asked: Asked, *, user: Any = None) -> list[Held]:
    """Return the deliveries, drafts too, that have to do with somebody, the oldest first; MOST of each role at most.

    It is written down who looked. Raises ValueError as ``person`` does.
    """
    held = _held(asked, asked.whose(), MOST)
    _write_down(PrivacyStep.LOOKED, asked, held, user)
    return held


@sensitive_variables()
def export_about(asked: Asked, *, user: Any = None) -> list[dict[str, Any]]:
    """Return all that is held about somebody, as JSON can hold it, each with the key of its order; written down."""
    whose = asked.whose()
    held = _held(asked, whose)
    _write_down(PrivacyStep.EXPORTED, asked, held, user)
    return [{"order": _key(one.delivery), "as": str(one.role), **_exported(one, whose)} for one in held]


@sensitive_variables()
def erase_about(asked: Asked, *, user: Any = None, only: Collection[UUID] | None = None) -> Answered:
    """Erase what is held about somebody, of the deliveries ``only`` if named, and return the result; written down.

    A draft is deleted. What is reserved is being paid for: its row stays, so that the payment finds it. Nothing is
    erased in orders that they placed for somebody else, since nothing of theirs is kept there.
    """
    whose = asked.whose()
    held = [one for one in _held(asked, whose) if only is None or one.delivery.pk in only]
    line = _write_down(PrivacyStep.ERASED, asked, held, user)
    theirs = [one.delivery for one in held if one.role != Role.BUYER]
    drafts = [row for row in theirs if row.state == DeliveryState.DRAFT]
    deleted = each_by_itself("Deletion of", drafts, delete_draft)
    outcomes = [erase_delivery(row, whose=whose, user=user) for row in theirs if row.state != DeliveryState.DRAFT]
    count = outcomes.count
    failed = count(Erasure.FAILED) + len(drafts) - deleted
    answered = Answered(count(Erasure.ERASED), deleted, count(Erasure.LATER), failed)
    PrivacyRequest.objects.filter(pk=line.pk).update(
        erased=answered.erased + answered.deleted, kept=answered.later + answered.failed
    )
    return answered


def forget_whom() -> int:
    """Empty which deliveries were found, in lines of the log as old as a recipient may be; return how many lines."""
    old = PrivacyRequest.objects.filter(at__lte=kept_since()).exclude(deliveries="").order_by("at")
    pks = list(old.values_list("pk", flat=True)[:AT_A_TIME])
    return PrivacyRequest.objects.filter(pk__in=pks).update(deliveries="")


def _held(asked: Asked, whose: Q, most: int | None = None) -> list[Held]:
    named = list(deliveries_about(whose).select_related("order").order_by("created_at", "pk")[:most])
    held = [_one(delivery, whose) for delivery in named]
    bought = _bought_by(asked, whose, most)
    return held + [Held(delivery, Role.BUYER, (), Erasure.NOTHING) for delivery in bought]


def _one(delivery: Delivery, whose: Q) -> Held:
    is_theirs = Delivery.objects.filter(whose, pk=delivery.pk).exists()
    role = Role.RECIPIENT if is_theirs else Role.FORMER_RECIPIENT
    shipments = delivery.shipments.filter(whose).order_by("parcel", "revision")
    return Held(delivery, role, list(shipments), foretold(delivery, whose=whose))


def _bought_by(asked: Asked, whose: Q, most: int | None) -> Iterable[Delivery]:
    """Return others, of orders in which a field that the adapter names holds the e-mail or the phone."""
    named = deliveries_about(whose).values("pk")
    found: dict[UUID, Delivery] = {}
    for text in filter(None, (asked.email.strip(), asked.phone.strip())):
        for rows in deliveries_of_orders(text):
            found |= {row.pk: row for row in rows.exclude(pk__in=named).select_related("order")[:most]}
    return sorted(found.values(), key=lambda row: (row.created_at, row.pk))


def _exported(one: Held, whose: Q) -> dict[str, Any]:
    return exported_to_buyer(one.delivery) if one.role == Role.BUYER else exported(one.delivery, whose)


def _key(delivery: Delivery) -> str | None:
    return None if delivery.order_id is None else str(delivery.order_id)


def _write_down(step: PrivacyStep, asked: Asked, held: Sequence[Held], user: Any) -> PrivacyRequest:
    """Keep who did it and which deliveries it was about, before anybody sees them; nothing of what was typed."""
    ids = " ".join(str(one.delivery.pk) for one in held)
    return PrivacyRequest.objects.create(step=step, user=user, found_by=asked.kinds, found=len(held), deliveries=ids)
