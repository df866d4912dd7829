"""Choosing again as a use case: who may, what is kept, and who is first."""

from contextlib import nullcontext, suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.checkout.choose_again import choose_again, confirmed_office, keep_recipient, refuse_closed_choice
from deliver_to_po.core.choices import Change, DeliveryState, OfficeCheck, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import (
    BreaksARule,
    ChoiceClosed,
    LinkUsed,
    OfficeNoLongerTakesParcels,
    OfficeNotOffered,
    RecipientKept,
)
from deliver_to_po.models import Delivery, links
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.parts import recipient_fields
from deliver_to_po.notices.about import needing_choice
from tests.bystanders import Bystanders
from tests.factories import RECIPIENT, make_delivery, make_order, make_paid_order, make_shipment
from tests.offices.conftest import over_the_limit

pytestmark = pytest.mark.django_db


def needing(**fields: Any) -> Delivery:
    """Return a delivery whose post office has closed, and whose release was asked for."""
    delivery = make_delivery(state=DeliveryState.PLACED, **fields)
    assert move_delivery(delivery, Change.NEED_CHOICE, reason=Reason.OFFICE_GONE)
    return delivery


def test_an_order_by_phone_gets_a_delivery_and_a_link(bystanders: None, change_settings: Any) -> None:
    order = make_order()
    to_choose = shop.choose_for(order)
    delivery = to_choose.delivery
    assert (delivery.state, delivery.reason) == (DeliveryState.NEEDS_CHOICE, Reason.NEVER_CHOSEN)
    assert delivery.order == order
    assert (delivery.reference, delivery.language, delivery.service) == (
        order_adapter().reference(order),
        "en",
        "DOM.EP",
    )
    assert links.delivery_for(to_choose.url.rstrip("/").rsplit("/", 1)[1]) == delivery
    assert shop.choose_for(order).delivery == delivery
    assert list(needing_choice()) == [delivery]
    change_settings(SITE_URL="")
    assert shop.choose_for(order).url == ""


@pytest.mark.parametrize(
    ("release", "paid", "asked"),
    [
        ("when_paid", True, True),
        ("when_paid", False, False),
        ("on_placing", False, True),
        ("by_merchant", True, False),
    ],
)
def test_whether_it_is_released_when_chosen_is_as_for_any_order(
    change_settings: Any, release: str, paid: bool, asked: bool
) -> None:
    change_settings(RELEASE=release)
    order = make_paid_order() if paid else make_order()
    assert (shop.choose_for(order).delivery.release_asked_at is not None) == asked


def test_an_order_that_has_a_delivery_keeps_it() -> None:
    placed = make_delivery(state=DeliveryState.PLACED)
    assert shop.choose_for(placed.order).delivery == placed
    placed.refresh_from_db()
    assert placed.state == DeliveryState.PLACED


def test_a_cancelled_delivery_is_replaced() -> None:
    cancelled = make_delivery(state=DeliveryState.CANCELLED)
    again = shop.choose_for(cancelled.order).delivery
    assert (again.replaces, again.state) == (cancelled, DeliveryState.NEEDS_CHOICE)


@pytest.mark.parametrize(
    ("made", "why"), [(ShipmentState.VOIDING, "being cancelled"), (ShipmentState.LABELLED, "already being sent")]
)
def test_there_is_no_link_with_which_nothing_can_be_chosen_but_why(made: ShipmentState, why: str) -> None:
    stopped = timezone.now() if made == ShipmentState.VOIDING else None
    shipment = make_shipment(make_delivery(stop_asked_at=stopped), state=made)
    with pytest.raises(ChoiceClosed, match=why):
        shop.choose_for(shipment.delivery.order)


def test_the_new_office_is_asked_about_and_kept_in_the_deliverys_language(offered: list[str]) -> None:
    delivery = needing(language="fr")
    office = confirmed_office(delivery, offered[1])
    assert office.check == OfficeCheck.TAKES_PARCELS
    chosen = choose_again(delivery, office)
    assert (chosen.office_id, chosen.choice, chosen.state) == (offered[1], 1, DeliveryState.RELEASED)
    assert office.checked_at is not None
    assert (chosen.office_check, chosen.office_checked_at) == (OfficeCheck.TAKES_PARCELS, office.checked_at)
    assert chosen.office_hours
    assert "BUREAU" in chosen.office_name or "BDP" in chosen.office_location


def test_what_was_never_offered_or_has_closed_is_refused(offered: list[str], emulator: EmulatorServer) -> None:
    delivery = needing()
    emulator.state.close_office(offered[0], "gone")
    with pytest.raises(OfficeNoLongerTakesParcels):
        confirmed_office(delivery, offered[0])
    for office_id in ("999999999999", "abc", ""):
        with pytest.raises(OfficeNotOffered):
            confirmed_office(delivery, office_id)


def test_while_canada_post_cannot_be_asked_or_not_again_an_office_that_it_offered_lately_can_be_chosen(
    offered: list[str], emulator: EmulatorServer
) -> None:
    assert confirmed_office(needing(), offered[0], before_asking=over_the_limit).check == OfficeCheck.NOT_ASKED
    emulator.faults.add("find_offices", "503", count=None)
    assert confirmed_office(needing(), offered[0]).check == OfficeCheck.COULD_NOT_ASK


def test_the_first_of_two_counts(bystanders: None, offered: list[str]) -> None:
    delivery = needing()
    seen_by_clerk = Delivery.objects.get(pk=delivery.pk)
    office = confirmed_office(delivery, offered[0])
    other = confirmed_office(delivery, offered[1])
    choose_again(delivery, office)
    with pytest.raises(LinkUsed, match=as_people_read(office.office.name)):
        choose_again(seen_by_clerk, other, user=User.objects.create_user("clerk"))
    delivery.refresh_from_db()
    assert (delivery.office_id, delivery.choice) == (offered[0], 1)
    assert delivery.history.filter(change=Change.CHOOSE_AGAIN).count() == 1


@pytest.mark.parametrize("by_clerk", [True, False])
def test_the_history_says_who_chose_again(by_clerk: bool, offered: list[str]) -> None:
    delivery, clerk = needing(), User.objects.create_user("clerk")
    choose_again(delivery, confirmed_office(delivery, offered[0]), user=clerk if by_clerk else None)
    said = delivery.history.get(change=Change.CHOOSE_AGAIN)
    assert (said.user, said.reason) == ((clerk, Reason.NONE) if by_clerk else (None, Reason.BY_BUYER))


def test_choosing_the_same_office_which_is_open_again_uses_the_link_up(offered: list[str]) -> None:
    delivery = needing(office_id=offered[0])
    token = links.token_for(delivery)
    choose_again(delivery, confirmed_office(delivery, offered[0]))
    with pytest.raises(LinkUsed):
        links.delivery_for(token)


@pytest.mark.parametrize("state", [ShipmentState.REQUESTED, ShipmentState.UNKNOWN])
def test_nothing_changes_while_a_parcel_is_being_sent(offered: list[str], state: ShipmentState) -> None:
    delivery = needing()
    make_shipment(delivery, state=state)
    with pytest.raises(ChoiceClosed):
        choose_again(delivery, confirmed_office(delivery, offered[0]))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.choice) == (DeliveryState.NEEDS_CHOICE, 0)


def test_a_recipient_is_named_once(bystanders: None) -> None:
    delivery = shop.choose_for(make_order()).delivery
    keep_recipient(delivery, RECIPIENT)
    assert delivery.recipient == RECIPIENT
    keep_recipient(delivery, RECIPIENT)
    known = needing(recipient_name="Somebody Else")
    with pytest.raises(RecipientKept):
        keep_recipient(known, RECIPIENT)
    assert known.recipient_name == "Somebody Else"
    back = shop.choose_for(make_order()).delivery
    Delivery.objects.filter(pk=back.pk).update(reason=Reason.CHOICE_ERASED, erased_at=timezone.now())
    keep_recipient(back, RECIPIENT)
    assert Delivery.objects.get(pk=back.pk).erased_at is None


@pytest.mark.parametrize(
    "since", [{"choice": 1}, {"state": DeliveryState.CANCELLED}, {"recipient_name": "Somebody Else"}]
)
def test_a_form_that_is_sent_too_late_names_nobody(since: dict[str, Any], bystanders: Bystanders) -> None:
    delivery = shop.choose_for(make_order()).delivery
    Delivery.objects.filter(pk=delivery.pk).update(**since)
    before = Delivery.objects.filter(pk=delivery.pk).values().get()
    with suppress(RecipientKept):
        keep_recipient(delivery, RECIPIENT)
    assert Delivery.objects.filter(pk=delivery.pk).values().get() == before


def test_a_recipient_whom_the_database_writes_in_its_own_way_is_saved(
    bystanders: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {**recipient_fields(RECIPIENT), "recipient_name": RECIPIENT.name.upper()}
    monkeypatch.setattr("deliver_to_po.checkout.choose_again.recipient_fields", lambda recipient: written)
    delivery = shop.choose_for(make_order()).delivery
    keep_recipient(delivery, RECIPIENT)
    assert delivery.recipient_name == RECIPIENT.name.upper()


@pytest.mark.parametrize("by_clerk", [False, True])
def test_an_office_whose_address_is_the_recipients_is_not_chosen(
    bystanders: None, offered: list[str], admin_user: User, by_clerk: bool
) -> None:
    """The step refuses it too: no parcel may be addressed to a post office."""
    delivery = needing()
    chosen = confirmed_office(delivery, offered[0])
    address = {"recipient_address_line_1": chosen.office.street, "recipient_address_line_2": ""}
    Delivery.objects.filter(pk=delivery.pk).update(**address, recipient_postal_code=chosen.office.postal_code)
    with pytest.raises(BreaksARule, match="is that of this post office"):
        choose_again(delivery, chosen, user=admin_user if by_clerk else None)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.NEEDS_CHOICE


def test_of_two_forms_that_are_sent_at_once_one_chooses(bystanders: None, offered: list[str]) -> None:
    first = shop.choose_for(make_order()).delivery
    second = Delivery.objects.get(pk=first.pk)
    keep_recipient(first, RECIPIENT)
    choose_again(first, confirmed_office(first, offered[0]))
    keep_recipient(second, RECIPIENT)
    with pytest.raises(LinkUsed):
        choose_again(second, confirmed_office(second, offered[1]))


def test_a_choice_that_was_erased_is_made_again_and_none_of_who_was_erased() -> None:
    erased = {"state": DeliveryState.NEEDS_CHOICE, "erased_at": timezone.now()}
    refuse_closed_choice(make_delivery(**erased, reason=Reason.CHOICE_ERASED))
    with pytest.raises(ChoiceClosed, match="recipient has been erased"):
        refuse_closed_choice(make_delivery(**erased, reason=Reason.OFFICE_GONE))


@pytest.mark.parametrize(
    ("state", "closed"),
    [
        (ShipmentState.WAITING, False),
        (ShipmentState.REFUSED, False),
        (ShipmentState.REQUESTED, True),
        (ShipmentState.UNKNOWN, True),
        (ShipmentState.LABELLED, True),
        (ShipmentState.VOIDING, True),
    ],
)
def test_a_buyer_may_want_another_office_until_the_parcel_is_sent(state: ShipmentState, closed: bool) -> None:
    delivery = make_delivery()
    make_shipment(delivery, state=state)
    with pytest.raises(ChoiceClosed) if closed else nullcontext():
        refuse_closed_choice(delivery)
    refuse_closed_choice(delivery, by_staff=True)
