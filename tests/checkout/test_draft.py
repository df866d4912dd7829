"""The draft: found by its id, changed alone, with an age and a fingerprint."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.checkout.draft import (
    fingerprint,
    get_draft,
    is_as_seen,
    is_chosen_as_seen,
    update_draft,
    write_draft,
)
from deliver_to_po.checkout.secret import new_secret
from deliver_to_po.core.choices import DeliveryState, OfficeCheck
from deliver_to_po.errors import ChoiceReserved, DraftExpired, DraftTaken, DraftUnknown
from deliver_to_po.models import Delivery
from tests.factories import held, make_delivery, make_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]


@pytest.mark.parametrize(
    "draft_id", ["", "x", "x" * 1_000_000, "\0", "\ud800", b"\xff", None, 7, object(), uuid.uuid4()]
)
def test_an_unknown_draft_is_said_to_be_unknown(draft_id: Any) -> None:
    with pytest.raises(DraftUnknown):
        get_draft(draft_id, "a secret")


def test_a_draft_is_found_by_its_id_however_that_is_written() -> None:
    draft = make_draft()
    secret = new_secret(draft)
    assert [get_draft(key, secret) for key in (draft.pk, str(draft.pk), draft.pk.hex)] == [draft] * 3


def test_a_delivery_that_is_placed_is_no_draft() -> None:
    with pytest.raises(DraftUnknown):
        get_draft(*held(make_delivery()))


def test_a_choice_that_was_erased_is_no_draft() -> None:
    erased = make_draft(state=DeliveryState.RESERVED, erased_at=timezone.now())
    with pytest.raises(DraftUnknown):
        get_draft(*held(erased))


def test_what_is_reserved_does_not_expire() -> None:
    reserved = make_draft(state=DeliveryState.RESERVED, expires_at=timezone.now() - timedelta(days=9))
    assert get_draft(*held(reserved)) == reserved


def test_a_draft_expires_at_its_time(time_machine: Any) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    draft = make_draft(expires_at=timezone.now() + timedelta(seconds=1))
    choice = held(draft)
    assert get_draft(*choice) == draft
    time_machine.shift(1)
    with pytest.raises(DraftExpired):
        get_draft(*choice)


def test_a_change_is_written_and_read_back() -> None:
    draft = make_draft(choice=0)
    Delivery.objects.filter(pk=draft.pk).update(choice=3)
    update_draft(draft, {"recipient_name": "Zoé Tremblay"})
    assert (draft.recipient_name, draft.choice) == ("Zoé Tremblay", 3)
    assert Delivery.objects.get(pk=draft.pk).recipient_name == "Zoé Tremblay"


def test_what_another_tab_has_changed_meanwhile_is_left_as_it_is_and_read() -> None:
    draft = make_draft(office_id="0000000007", recipient_name="Ann")
    Delivery.objects.filter(pk=draft.pk).update(office_id="0000000008")
    write_draft(draft, {"recipient_name": "Zoé"}, if_still={"office_id": "0000000007"})
    assert (draft.office_id, draft.recipient_name) == ("0000000008", "Ann")
    write_draft(draft, {"recipient_name": "Zoé"}, if_still={"office_id": "0000000008"})
    assert draft.recipient_name == Delivery.objects.get(pk=draft.pk).recipient_name == "Zoé"


@pytest.mark.parametrize(
    ("make", "error"),
    [(make_delivery, DraftTaken), (partial(make_draft, state=DeliveryState.RESERVED), ChoiceReserved)],
)
def test_nothing_is_written_into_what_is_no_draft_any_longer(
    make: Callable[..., Delivery], error: type[Exception]
) -> None:
    delivery = make(recipient_name="Ann")
    with pytest.raises(error):
        update_draft(delivery, {"recipient_name": "Zoé"})
    delivery.refresh_from_db()
    assert delivery.recipient_name == "Ann"
    Delivery.objects.filter(pk=delivery.pk).delete()
    with pytest.raises(DraftUnknown):
        update_draft(delivery, {"recipient_name": "Zoé"})


def test_a_fingerprint_changes_with_office_and_recipient_only() -> None:
    draft = make_draft()
    first = fingerprint(draft)
    draft.office_check = OfficeCheck.COULD_NOT_ASK
    assert fingerprint(draft) == first
    draft.recipient_phone = "613-555-0100"
    second = fingerprint(draft)
    draft.office_id = "0000000007"
    third = fingerprint(draft)
    draft.recipient_name, draft.recipient_address_line_1 = draft.recipient_name + draft.recipient_address_line_1, ""
    assert len({first, second, third, fingerprint(draft)}) == 4


@pytest.mark.parametrize("seen", [None, "", "x" * 64, "x" * 1_000_000, "é", "\ud800", 5, b"x"])
def test_whatever_else_is_sent_along_is_not_what_the_buyer_saw(seen: Any) -> None:
    draft = make_draft()
    assert not is_as_seen(draft, seen)
    assert not is_chosen_as_seen(draft, seen)


def test_another_price_alone_is_not_another_choice() -> None:
    draft = make_draft(price=Decimal("9.95"))
    seen = fingerprint(draft)
    draft.price = Decimal("12.50")
    assert (is_as_seen(draft, seen), is_chosen_as_seen(draft, seen)) == (False, True)


def test_what_a_page_showed_before_the_key_changed_is_still_what_the_buyer_saw(settings: Any) -> None:
    draft = make_draft(price=Decimal("9.95"))
    seen = fingerprint(draft)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert is_as_seen(draft, seen)
    assert is_chosen_as_seen(draft, seen)
    settings.SECRET_KEY_FALLBACKS = ["a third"]
    assert not is_as_seen(draft, seen)
    assert not is_chosen_as_seen(draft, seen)
