"""The parcels of a delivery become shipments that are due, each with the whole request as the shop says it now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import CharField
from django.utils import timezone
from django.utils.translation import override

from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shop_time import shop_day, shop_time
from deliver_to_po.handoff.frozen_request import (
    MEASURES,
    contents_to_json,
    options_to_json,
    sender_to_json,
    size_and_weight,
    whom_and_where,
)
from deliver_to_po.host.answered import failed
from deliver_to_po.host.asking import consignment_of, contents_of_parcel, shipping_system_of
from deliver_to_po.host.calling import call_shop
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.shipment import request_id
from deliver_to_po.offer.days import next_deposit_day
from deliver_to_po.offer.kept_offer import kept_offer
from deliver_to_po.shipping.registry import usable_system


class Plan(NamedTuple):
    """What the shop says of an order when it is released: its parcels, what all of them share, and what is in each.

    ``contents`` is None if nobody has asked for that yet.
    """

    parcels: Sequence[Parcel]
    shared: dict[str, Any]
    contents: Sequence[Sequence[tuple[Decimal, str]]] | None = None


def plan_of(delivery: Delivery) -> Plan:
    """Ask the shop for parcels, sender, options and shipping system of a delivery's order. Makes no call.

    Raises ShopError.
    """
    consignment = consignment_of(delivery.order)
    alias = shipping_system_of(delivery.order)
    return Plan(
        consignment.parcels,
        {
            **call_shop("shipping_system", lambda: _terms(alias)),
            "service": delivery.service or consignment.service,
            "options": options_to_json(consignment.options),
            "sender": sender_to_json(consignment.sender),
            "mailing_date": _mailing_date(delivery, consignment.sender.address.province),
            "due_at": timezone.now(),
        },
    )


def _mailing_date(delivery: Delivery, province: str) -> date:
    """Return the next day of deposit, or the later one of the quote where nobody waits with the release until then."""
    day, kept = next_deposit_day(shop_time(), province), kept_offer(delivery)
    said = kept.offer.mailed_on if kept and app_settings.release == "when_paid" else None
    return max(day, said or day)


def with_contents(plan: Plan, delivery: Delivery) -> Plan:
    """Return the plan with what the shop says is in each parcel."""
    every = range(1, len(plan.parcels) + 1)
    return plan._replace(contents=[_contents(delivery, number, plan) for number in every])


def _terms(alias: str) -> dict[str, str]:
    """Return a shipping system's alias, its API and its group of today; raises ShopError when there is no such system.

    A system that somebody else wrote may answer anything at all.
    """
    system = usable_system(alias)
    if system is None:
        raise failed("shipping_system", "names one that is not in SHIPPING_SYSTEMS, or cannot be used")
    terms = {"system": alias, "api": system.api, "group": system.group(shop_day())}
    for name, text in terms.items():
        if not _fits(name, text):
            raise failed("shipping_system", f"{name} cannot be kept")
    return terms


def _fits(name: str, text: object) -> bool:
    """Say whether a text fits the field of a shipment that has this name."""
    field = Shipment._meta.get_field(name)
    longest = field.max_length if isinstance(field, CharField) else None
    return isinstance(text, str) and text.isprintable() and len(text) <= (longest or 0)


def make_revisions(delivery: Delivery, plan: Plan, numbers: Iterable[int] | None = None) -> list[Shipment]:
    """Make the first or next revision of these parcels, by default of each that has none under way, and return them.

    They are counted from 1. Raises IntegrityError when one of them is under way.
    """
    latest, under_way = dict[int, int](), set[int]()
    for number, revision, open_parcel in delivery.shipments.order_by().values_list("parcel", "revision", "open_parcel"):
        latest[number] = max(revision, latest.get(number, 0))
        if open_parcel is not None:
            under_way.add(number)
    if numbers is None:
        numbers = [number for number in range(1, len(plan.parcels) + 1) if number not in under_way]
    return [_make(delivery, number, plan, latest.get(number, 0) + 1) for number in numbers]


def parcel_fields(packed: Mapping[str, Any], number: int, plan: Plan) -> dict[str, Any]:
    """Return what a shipment of one parcel holds beside whom and where.

    That is the shop's plan, or what a clerk said of the parcel, which ``packed`` of its delivery holds.
    """
    said = packed.get(str(number), {})
    measured = {name: Decimal(said[name]) for name in MEASURES if name in said}
    return {**size_and_weight(plan.parcels[number - 1]), **plan.shared, **said, **measured}


def _make(delivery: Delivery, number: int, plan: Plan, revision: int) -> Shipment:
    return Shipment.objects.create(
        delivery=delivery,
        parcel=number,
        revision=revision,
        request_id=request_id(delivery.pk, number, revision),
        open_parcel=f"{delivery.pk.hex}.{number}",
        of_parcels=len(plan.parcels),
        contents=contents_to_json(_contents(delivery, number, plan)),
        **whom_and_where(delivery),
        **parcel_fields(delivery.packed, number, plan),
    )


def _contents(delivery: Delivery, number: int, plan: Plan) -> Sequence[tuple[Decimal, str]]:
    """Return what the shop says is in one parcel, in the buyer's language: the recipient gets its slip."""
    if plan.contents is not None:
        return plan.contents[number - 1]
    with override(delivery.language):
        return contents_of_parcel(delivery.order, number, of=len(plan.parcels))
