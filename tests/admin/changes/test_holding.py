""" "Put on hold" and "Resume": what is said afterwards, for each way that it can go."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import messages
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from deliver_to_po.admin.changes.confirm_page import CONFIRMED, DeskChange
from deliver_to_po.admin.changes.holding import HOLD, LET_GO_ON
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.handoff.changing.by_buyer import ask
from deliver_to_po.handoff.releasing.release import hold_delivery, resume_delivery
from deliver_to_po.models import Delivery
from tests.admin.browsing import seen_again, typed, url
from tests.factories import make_delivery, make_order, make_shipment

pytestmark = pytest.mark.django_db

HELD = "1 delivery is on hold: nothing of it is sent, printed or transmitted until you resume it."


def waiting_for_payment(**fields: Any) -> Delivery:
    """Return a delivery that is placed, and whose release nobody has asked for."""
    asked = {"release_asked_at": None, "released_at": None}
    return make_delivery(**{"state": DeliveryState.PLACED, "order": make_order(), **asked, **fields})


def done(change: DeskChange[Delivery], delivery: Delivery, user: User) -> tuple[int, str]:
    """Do it, and return how it is told and what."""
    outcome = change.make(delivery, user, {"note": "x"})
    assert outcome is not None
    return outcome.level, f"{outcome.words % {'count': 1}} {outcome.more}".strip()


TOO_LATE = (
    "1 delivery is on hold. Some of its parcels are printed, transmitted or labelled elsewhere already: if they are "
    "still here, keep them in the shop."
)


@pytest.mark.parametrize(
    ("state", "level", "message"),
    [
        ("waiting", messages.SUCCESS, HELD),
        ("requested", messages.SUCCESS, HELD),
        ("labelled", messages.SUCCESS, HELD),
        ("handed", messages.WARNING, TOO_LATE),
    ],
)
def test_whether_a_parcel_may_have_left_is_said(admin_user: User, state: str, level: int, message: str) -> None:
    assert done(HOLD, make_shipment(state=state).delivery, admin_user) == (level, message)


def test_that_another_parcel_is_transmitted_already_is_said(admin_user: User) -> None:
    delivery = make_shipment(state="labelled", transmitted_at=timezone.now()).delivery
    make_shipment(delivery, parcel=2)
    assert done(HOLD, delivery, admin_user) == (messages.WARNING, TOO_LATE)


def test_what_needs_a_choice_is_held_after_it_and_may_be_let_go_on_before(admin_user: User) -> None:
    delivery = make_delivery(state="needs_choice", reason="office_gone")
    told = "1 delivery needs a post office first: once that is chosen, it is put on hold."
    assert done(HOLD, delivery, admin_user) == (messages.SUCCESS, told)
    assert (HOLD.applies(delivery), LET_GO_ON.applies(delivery)) == (False, True)
    told = "1 delivery still needs a post office; it will no longer be put on hold once one is chosen."
    assert done(LET_GO_ON, delivery, admin_user) == (messages.SUCCESS, told)
    assert seen_again(delivery) == ("needs_choice", "office_gone")


def still_unpaid() -> Delivery:
    return make_delivery(order=make_order(), state="held", reason="not_paid")


def resumable(delivery: Delivery) -> Delivery:
    hold_delivery(delivery)
    return delivery


WAITS = "1 delivery is off hold and waits for its payment."
TO_PRESS = "1 delivery is off hold. To request its label, press “Request the label”."
NOT_PAID = "1 delivery is released, but the shop still says that it is not paid"
RELEASED = "1 delivery is resumed: labels that it lacks are requested automatically."
# The setting RELEASE, a delivery on hold, how it is told that it is resumed, and where it stands then.
RESUMED: list[tuple[str, Callable[[], Delivery], int, str, str]] = [
    ("when_paid", lambda: resumable(make_shipment().delivery), messages.SUCCESS, RELEASED, "released"),
    ("when_paid", still_unpaid, messages.WARNING, NOT_PAID, "released"),
    ("when_paid", lambda: resumable(waiting_for_payment()), messages.SUCCESS, WAITS, "placed"),
    ("by_merchant", lambda: resumable(waiting_for_payment()), messages.SUCCESS, TO_PRESS, "placed"),
    ("on_placing", lambda: resumable(waiting_for_payment()), messages.SUCCESS, TO_PRESS, "placed"),
]


@pytest.mark.parametrize("case", RESUMED)
def test_what_is_resumed_is_released_or_it_is_said_what_it_waits_for(
    admin_user: User, change_settings: Any, case: tuple[str, Callable[[], Delivery], int, str, str]
) -> None:
    release, made, level, told, becomes = case
    change_settings(RELEASE=release)
    found_level, found = done(LET_GO_ON, delivery := made(), admin_user)
    assert (found_level, found[: len(told)]) == (level, told)
    assert seen_again(delivery) == (becomes, "")


def test_that_it_is_on_hold_again_is_said_with_the_reason(admin_user: User, shop_says: Any) -> None:
    delivery = resumable(make_shipment().delivery)
    shop_says("parcels", [])
    told = f"1 delivery is on hold again. {Reason.NO_PARCELS.label} {Reason.NO_PARCELS.advice}"
    assert done(LET_GO_ON, delivery, admin_user) == (messages.WARNING, told)


def hold_once_more(delivery: Delivery) -> None:
    resume_delivery(delivery)
    hold_delivery(delivery, note="FRAUD")


def let_the_buyer_ask(delivery: Delivery) -> None:
    ask(delivery, Reason.BUYER_CANCELS)


@pytest.mark.parametrize(("meanwhile", "shown"), [(hold_once_more, "FRAUD"), (let_the_buyer_ask, "to cancel")])
def test_a_hold_or_a_wish_that_the_clerk_never_saw_is_shown_before_it_is_ended(
    admin_client: Client, change_settings: Any, meanwhile: Callable[[Delivery], None], shown: str
) -> None:
    change_settings(BUYER_MAY={"CANCEL": True})
    delivery = waiting_for_payment()
    hold_delivery(delivery, note="a trifle")
    page = url("let_go_on", delivery)
    sent = typed(admin_client, page)
    meanwhile(delivery)
    asked_again = admin_client.post(page, {**sent, CONFIRMED: "1"}).content.decode()
    assert "Since you opened the page" in asked_again
    assert shown in asked_again
    assert seen_again(delivery)[0] == "held"
    admin_client.post(page, {**typed(admin_client, page), CONFIRMED: "1"})
    assert seen_again(delivery) == ("placed", "")


@pytest.mark.parametrize("reason", ["on_hold", "shop_hold", "changed", "not_for_post_office"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_advice_names_the_button_by_its_label(reason: str, language: str) -> None:
    with override(language):
        assert str(LET_GO_ON.label) in Reason(reason).advice
