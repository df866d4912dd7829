"""A shop's shipping systems are found by alias, each made from its own settings."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.shipping.dummy import DummyShipping
from deliver_to_po.shipping.registry import shipping_system

CANADA_POST = {"BACKEND": "deliver_to_po.shipping.canadapost.CanadaPostShipping"}
DUMMY = {"BACKEND": "deliver_to_po.shipping.dummy.DummyShipping"}


def test_without_a_setting_canada_post_is_the_default() -> None:
    assert isinstance(shipping_system("default"), CanadaPostShipping)


def test_a_shop_may_have_several(change_settings: Any) -> None:
    change_settings(SHIPPING_SYSTEMS={"default": CANADA_POST, "other": DUMMY})
    assert isinstance(shipping_system("default"), CanadaPostShipping)
    assert isinstance(shipping_system("other"), DummyShipping)
    assert shipping_system("other").alias == "other"


def test_an_alias_that_is_not_configured_is_an_error_that_names_it() -> None:
    with pytest.raises(ImproperlyConfigured, match=r'\["SHIPPING_SYSTEMS"\]\["nowhere"\] is missing'):
        shipping_system("nowhere")


def test_an_option_that_the_system_does_not_know_is_an_error(change_settings: Any) -> None:
    change_settings(SHIPPING_SYSTEMS={"default": {**DUMMY, "OPTIONS": {"PAPER": "A4"}}})
    with pytest.raises(ImproperlyConfigured, match="PAPER"):
        shipping_system("default")
