"""Reserved for a payment, given back when it is declined, and placed during a pause that ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deliver_to_po import errors, shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.checkout.draft import editable, fingerprint
from deliver_to_po.choices import DeliveryState, Reason
from deliver_to_po.handoff.repair import resume_after_pause
from deliver_to_po.models import Pause
from tests.bystanders import Bystanders
from tests.factories import make_draft
from tests.shop.buying import payment_came, reserve
from tests.shop.happenings import (
    H,
    R,
    a_pause_begins,
    another_office,
    another_recipient,
    assert_bought,
    assert_refused,
    days_pass,
    everything,
    its_time_ends,
)

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

# -- Reserved, and not any more -------------------------------------------------------------------------------------


def test_what_is_reserved_stays_as_it_is_while_the_buyer_edits_a_copy(bystanders: Bystanders) -> None:
    draft = reserve(make_draft())
    copy = editable(draft)
    assert copy.pk != draft.pk
    assert (copy.state, copy.service, copy.office_id, copy.recipient) == ("draft", "", draft.office_id, draft.recipient)
    another_office(draft)
    draft.refresh_from_db()
    assert (draft.state, draft.office_id) == (DeliveryState.RESERVED, "0000102978")


def test_reserving_again_changes_nothing(bystanders: Bystanders) -> None:
    draft = reserve(make_draft())
    before = list(everything())
    assert reserve(draft) == draft
    assert list(everything()) == before


def test_a_declined_payment_gives_the_draft_back_with_its_time_and_without_the_service(bystanders: Bystanders) -> None:
    draft = make_draft(service="")
    shop.reserve(draft.pk, seen=fingerprint(draft), cart="a cart")
    draft.refresh_from_db()
    assert draft.service == "DOM.EP"
    its_time_ends(draft)
    again = shop.unreserve(draft.pk)
    assert (again.pk, again.state, again.reserved_at, again.service) == (draft.pk, DeliveryState.DRAFT, None, "")
    assert again.expires_at > timezone.now() + timedelta(days=1)
    assert shop.unreserve(draft.pk) == again


def test_a_declined_payment_changes_nothing_of_what_an_order_has(bystanders: Bystanders) -> None:
    delivery = payment_came(reserve(make_draft()).pk).delivery
    assert_refused(lambda: shop.unreserve(delivery.pk), errors.DraftTaken)


def test_what_is_erased_is_neither_reserved_again_nor_given_back(bystanders: Bystanders) -> None:
    draft = reserve(make_draft())
    seen = fingerprint(draft)
    days_pass(31)(draft)
    assert_refused(lambda: shop.reserve(draft.pk, seen=seen), errors.DraftUnknown)
    assert_refused(lambda: shop.unreserve(draft.pk), errors.DraftUnknown)


def test_declined_edited_and_paid_again_is_what_was_paid_for_last() -> None:
    draft = reserve(make_draft())
    shop.unreserve(draft.pk)
    draft.refresh_from_db()
    another_recipient(draft)
    draft.refresh_from_db()
    bought = payment_came(reserve(draft).pk)
    assert_bought(bought, R, Reason.NONE)
    assert bought.delivery.recipient_name == "Somebody Else"


def test_declined_edited_and_then_paid_after_all_waits_for_the_buyers_word() -> None:
    draft = make_draft()
    seen = fingerprint(draft)
    shop.unreserve(reserve(draft).pk)
    draft.refresh_from_db()
    another_recipient(draft)
    assert_bought(payment_came(draft.pk, seen=seen), H, Reason.CHANGED)


# -- A pause that is over -------------------------------------------------------------------------------------------


def test_what_was_paid_for_during_a_pause_goes_on_when_it_is_over(bystanders: Bystanders) -> None:
    draft = reserve(make_draft())
    a_pause_begins(draft)
    bought = payment_came(draft.pk)
    assert resume_after_pause() == 0
    Pause.objects.all().delete()
    assert resume_after_pause() == 1
    bought.delivery.refresh_from_db()
    assert (bought.delivery.state, bought.delivery.shipments.count()) == (R, 1)


def test_a_pause_that_is_over_lifts_no_other_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = reserve(make_draft())
    a_pause_begins(draft)
    bought = payment_came(draft.pk)
    assert shop.hold(bought.order, "a check for fraud")
    Pause.objects.all().delete()
    assert resume_after_pause() == 0
    bought.delivery.refresh_from_db()
    assert (bought.delivery.state, bought.delivery.reason) == (H, Reason.ON_HOLD)


def test_after_a_pause_the_shop_is_still_asked_whether_to_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = reserve(make_draft())
    a_pause_begins(draft)
    bought = payment_came(draft.pk)
    monkeypatch.setattr(type(order_adapter()), "hold_reason", lambda self, order: "a check for fraud")
    Pause.objects.all().delete()
    resume_after_pause()
    bought.delivery.refresh_from_db()
    assert (bought.delivery.state, bought.delivery.reason) == (H, Reason.SHOP_HOLD)
