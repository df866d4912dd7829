"""What may happen between the buyer's last look and the order's placing, and what comes of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from deliver_to_po import errors, shop
from deliver_to_po.checkout.draft import editable, fingerprint
from deliver_to_po.checkout.recipients.recipient import save_recipient
from deliver_to_po.core.choices import DeliveryState, OfficeCheck, Reason
from deliver_to_po.models import Delivery, History, Shipment
from deliver_to_po.privacy.erasing import erase_recipients
from deliver_to_po.privacy.expiring import delete_expired_drafts, delete_forgotten_reservations, expire_deliveries
from tests.factories import RECIPIENT, make_order, make_pause

Happening = Callable[[Delivery], object]


def another_office(draft: Delivery) -> None:
    Delivery.objects.filter(pk=editable(draft).pk).update(office_id="0000000021", office_name="ELSEWHERE")


def another_recipient(draft: Delivery) -> None:
    save_recipient(editable(draft), RECIPIENT.__class__("Somebody Else", RECIPIENT.phone, "e@x.ca", RECIPIENT.address))


def a_pause_begins(draft: Delivery) -> None:
    make_pause()


def its_time_ends(draft: Delivery) -> None:
    Delivery.objects.filter(pk=draft.pk).update(expires_at=timezone.now() - timedelta(minutes=1))


def its_time_ends_and_it_is_swept(draft: Delivery) -> None:
    its_time_ends(draft)
    delete_expired_drafts()


def days_pass(days: int) -> Happening:
    def pass_by(draft: Delivery) -> None:
        past = timezone.now() - timedelta(days=days)
        Delivery.objects.filter(pk=draft.pk).update(reserved_at=past, created_at=past, expires_at=past)
        delete_expired_drafts()
        expire_deliveries()
        erase_recipients()
        delete_forgotten_reservations()

    return pass_by


def the_office_closes(draft: Delivery) -> None:
    Delivery.objects.filter(pk=draft.pk).update(office_check=OfficeCheck.NO_LONGER)


def the_office_is_gone(draft: Delivery) -> None:
    Delivery.objects.filter(pk=draft.pk).update(office_check=OfficeCheck.GONE)


def another_order_has_it(draft: Delivery) -> None:
    with transaction.atomic():
        shop.place(make_order(), draft.pk, seen=fingerprint(draft))


def nobody_knows_it(draft: Delivery) -> None:
    Delivery.objects.filter(pk=draft.pk).delete()


def nothing(draft: Delivery) -> None:
    """Let nothing happen."""


P, H, N, R = DeliveryState.PLACED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE, DeliveryState.RELEASED


def assert_bought(bought: Any, state: DeliveryState, reason: Reason) -> None:
    delivery = bought.delivery
    assert (delivery.order, delivery.current_order) == (bought.order, bought.order)
    assert (delivery.state, delivery.reason) == (state, reason)
    assert delivery.release_asked_at is not None
    assert delivery.shipments.count() == (1 if state == R else 0)
    assert bought.released == {R: shop.Released.ALREADY, H: shop.Released.KEPT, N: shop.Released.KEPT}[state]


URLS = {
    errors.DraftChanged: "",
    errors.PriceChanged: "",
    errors.OrderHasDelivery: "",
    errors.NotForPostOffice: "",
    errors.NotMailable: "/post-office/?problem=not_mailable",
    errors.DraftIncomplete: "/post-office/recipient/?problem=draft_incomplete",
    errors.OptionPaused: "/post-office/?problem=paused",
    errors.DraftExpired: "/post-office/?problem=draft_expired",
    errors.DraftUnknown: "/post-office/?problem=draft_unknown",
    errors.DraftTaken: "/post-office/?problem=draft_taken",
    errors.WrongSecret: "/post-office/?problem=wrong_secret",
    errors.OfficeNoLongerTakesParcels: "/post-office/?problem=office_no_longer",
}


KINDS: tuple[type[Model], ...] = (Delivery, Shipment, History)


def everything() -> Iterator[dict[str, Any]]:
    for kind in KINDS:
        yield from kind._default_manager.order_by("pk").values()


def assert_refused(act: Callable[[], object], error: type[errors.DeliverToPoError]) -> None:
    before = list(everything())
    with pytest.raises(error) as caught:
        act()
    assert type(caught.value) is error
    assert caught.value.url == URLS[error]
    assert list(everything()) == before
