"""The class through which the shop speaks: what it answers by default, and which one is asked."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import RequestFactory

from deliver_to_po.adapter import OrderAdapter, Rate, RecipientSuggestion, Service, order_admin_url_name
from deliver_to_po.models import Delivery

MUST_BE_WRITTEN = ("parcels", "ship_from", "goes_to_post_office", "next_url", "home_delivery_url")


RATE = Rate("DOM.XP", "Xpresspost", base=Decimal(17), due=Decimal("22.60"), taxes=Decimal("2.60"))


class FirstAdapter(OrderAdapter[Any]):
    """An adapter that answers nothing of its own."""


@pytest.mark.parametrize("method", MUST_BE_WRITTEN)
def test_what_only_the_shop_can_know_must_be_written(method: str) -> None:
    with pytest.raises(NotImplementedError, match=rf"FirstAdapter\.{method}\(\) must be written"):
        getattr(FirstAdapter(), method)(object())


def test_the_rest_has_a_default_that_promises_nothing() -> None:
    adapter, request = FirstAdapter(), RequestFactory().get("/")
    order = Group(pk=7)
    assert list(adapter.search_fields) == []
    assert list(adapter.options(order)) == []
    assert adapter.language(order) == ""
    assert adapter.service(order) == Service.EXPEDITED_PARCEL
    assert adapter.shipping_system(order) == "default"
    assert list(adapter.services(order)) == [Service.EXPEDITED_PARCEL]
    assert adapter.mailable(order) == ""
    assert adapter.handling_days(order) == 0
    assert adapter.price(order, Service.XPRESSPOST, None) is None
    assert adapter.price(order, Service.XPRESSPOST, RATE) == Decimal("20.00")
    assert adapter.is_paid(order) is None
    assert adapter.hold_reason(order) == ""
    assert adapter.cart(request) is None
    assert adapter.recipient(request) == RecipientSuggestion()
    assert adapter.postal_code(request) == ""


def test_goods_are_taxed_where_their_post_office_is() -> None:
    assert FirstAdapter().tax_destination(Delivery(office_province="ON", recipient_province="QC")) == "ON"


def test_an_order_is_called_by_its_primary_key() -> None:
    key = uuid.UUID("12345678123456781234567812345678")
    assert FirstAdapter().reference(Group(pk=1001)) == "1001"
    assert FirstAdapter().reference(Delivery(pk=key)) == key.hex
    assert len(str(FirstAdapter().reference(Delivery()))) <= 35


def test_a_province_may_be_written_as_the_shop_writes_it() -> None:
    assert [RecipientSuggestion(province=each).province for each in ("quebec", "Maine")] == ["QC", ""]


def test_the_admin_page_of_an_order_is_that_of_its_model() -> None:
    assert order_admin_url_name(Group(pk=1)) == "admin:auth_group_change"
