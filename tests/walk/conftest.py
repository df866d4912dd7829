"""The world that a walk begins in: one order, what its buyer has chosen, and a shop that can be told what to say."""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.handoff import ladder, last_gate, office_check
from deliver_to_po.handoff.day_end import transmitting
from deliver_to_po.handoff.releasing import nightly_check
from deliver_to_po.handoff.releasing.planning import Plan
from deliver_to_po.handoff.sending import hand_off_now
from deliver_to_po.models import Delivery
from deliver_to_po.offices.check import CheckAnswer
from deliver_to_po.outbox import claiming
from tests.factories import PARCEL, make_draft, make_order
from tests.walk import answers
from tests.walk.systems import Answering
from tests.walk.world import LEASE, World

# One wait of each kind: how long somebody waits is no matter of the walk.
WAITS: dict[str, Any] = {
    "LEASE_SECONDS": 100.0,
    "LOOK_UP_AFTER_SECONDS": (2.0,),
    "RETRY_AFTER_SECONDS": (5.0,),
    "LABEL_AFTER_SECONDS": (1.0,),
    "GIVE_UP_AFTER": timedelta(hours=24),
}


@pytest.fixture
def world(
    db: None, nights: None, change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., World]]:
    """Return a function that makes the world, with a shipping system of the kind that it is given."""
    logging.disable()
    noon = datetime.now(UTC).replace(hour=16, minute=0, second=0, microsecond=0)
    with time_machine.travel(noon, tick=False) as clock:

        def make(system: type, at_once: Mapping[str, str], order: Any = None) -> World:
            path = f"{system.__module__}.{system.__qualname__}"
            change_settings(
                HANDOFF=WAITS,
                BUYER_MAY={"CANCEL": True},
                REFUND_EMAIL="refunds@example.com",
                SHIPPING_SYSTEMS={"default": {"BACKEND": path, "OPTIONS": {}}},
            )
            made = World(_saved(order) if order else make_order(), clock, answers, at_once)
            # Rows that another walk has left name the same clerk.
            get_user_model().objects.get_or_create(pk=1, defaults={"username": "clerk"})
            Delivery.objects.all().delete()
            if order is None:
                make_draft()
            _let_answer(made, monkeypatch)
            return made

        yield make
    logging.disable(logging.NOTSET)


def _saved(order: Any) -> Any:
    """Save the order of an earlier walk again, as it was."""
    if not type(order)._default_manager.filter(pk=order.pk).exists():
        order.save(force_insert=True)
    return order


def _let_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the world answer for the shop, for Canada Post and for the shipping system."""
    shop = type(order_adapter())
    monkeypatch.setattr(shop, "is_paid", lambda self, order: world.shop.paid)
    monkeypatch.setattr(shop, "goes_to_post_office", lambda self, order: world.shop.goes_to_post_office)
    monkeypatch.setattr(shop, "hold_reason", lambda self, order: world.shop.hold_reason)
    monkeypatch.setattr(shop, "parcels", lambda self, order: world.shop.parcels())
    monkeypatch.setattr(Answering, "script", SimpleNamespace(answer=world.call, obstacle=None))

    def asked_before_sending(office: PostOffice, language: str, **how: Any) -> CheckAnswer:
        answer: CheckAnswer = world.call("office", office)
        return answer

    def asked_at_night(office: PostOffice, language: str, **how: Any) -> CheckAnswer:
        return CheckAnswer(world.office)

    monkeypatch.setattr(office_check, "ask_about", asked_before_sending)
    monkeypatch.setattr(nightly_check, "ask_about", asked_at_night)
    monkeypatch.setattr(office_check, "checked_office", lambda shipment: CheckAnswer(world.office))
    # Which parcels the shop names now is no matter of the walk.
    monkeypatch.setattr(last_gate, "plan_of", lambda delivery: Plan([PARCEL], {}))
    monkeypatch.setattr(last_gate, "follows", lambda *parcel: True)
    # What a clerk presses makes rows due, as where workers do the work.
    monkeypatch.setattr(hand_off_now, "works_in_background", lambda: True)
    monkeypatch.setattr(ladder, "REPEATED_AFTER", 1)
    monkeypatch.setattr(transmitting, "carry_on", lambda manifest: None)
    monkeypatch.setattr(claiming, "uuid", SimpleNamespace(uuid4=lambda: LEASE))
