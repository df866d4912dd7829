"""A shop's shipping systems are found by alias, each made from its own settings."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.shipping.dummy import DummyShipping
from deliver_to_po.shipping.registry import name_of_system, shipping_system

CANADA_POST = {"BACKEND": "deliver_to_po.shipping.canadapost.CanadaPostShipping"}
DUMMY = {"BACKEND": "deliver_to_po.shipping.dummy.DummyShipping"}


def test_a_shop_may_have_several(change_settings: Any) -> None:
    change_settings(SHIPPING_SYSTEMS={"default": CANADA_POST, "other": DUMMY})
    assert isinstance(shipping_system("default"), CanadaPostShipping)
    assert isinstance(shipping_system("other"), DummyShipping)
    assert shipping_system("other").alias == "other"


def test_an_alias_that_is_not_configured_is_an_error_that_names_it() -> None:
    with pytest.raises(ImproperlyConfigured, match=r'\["SHIPPING_SYSTEMS"\]\["nowhere"\] is missing'):
        shipping_system("nowhere")


class Keyless(DummyShipping):
    """A system whose author reads an option that the shop has not written."""

    def __init__(self, alias: str, options: Any):
        super().__init__(alias, options)
        self.key = options["KEY"]


def test_a_system_that_cannot_be_made_is_an_error_that_names_it_and_costs_the_desk_no_page(
    change_settings: Any,
) -> None:
    change_settings(SHIPPING_SYSTEMS={"default": CANADA_POST, "desk": {"BACKEND": f"{__name__}.Keyless"}})
    with pytest.raises(ImproperlyConfigured, match=r'\["desk"\] cannot be made with its OPTIONS \(KeyError\)'):
        shipping_system("desk")
    assert name_of_system("desk") == "desk"
