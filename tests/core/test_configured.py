"""What a setting names is made once, and again when the setting changes or the process is another one."""

import os
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from deliver_to_po.adapter import OrderAdapter, order_adapter
from deliver_to_po.core.client import shared_caller
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.configured import made_once, make_anew, subclass_named
from deliver_to_po.shipping import ShippingSystem
from deliver_to_po.shipping.dummy import DummyShipping
from deliver_to_po.shipping.registry import shipping_system


@made_once
def made(name: str) -> list[str]:
    return [name]


def test_the_same_is_made_once() -> None:
    assert made("a") is made("a")
    assert made("a") is not made("b")


def test_it_is_made_anew_when_our_setting_changes(change_settings: Any) -> None:
    before = made("a")
    change_settings(OFFICES_PER_PAGE=3)
    assert made("a") is not before


def test_it_stays_when_another_setting_changes(settings: Any) -> None:
    before = made("a")
    settings.ALLOWED_HOSTS = ["example.com"]
    assert made("a") is before


@pytest.mark.parametrize(
    "make",
    [
        lambda: made("a"),
        order_adapter,
        lambda: shipping_system("default"),
        lambda: shared_caller(app_settings.canada_post),
    ],
    ids=["anything", "order adapter", "shipping system", "connections"],
)
def test_whatever_is_kept_can_be_made_anew(make: Any) -> None:
    before = make()
    assert make() is before
    make_anew()
    assert make() is not before


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_process_that_was_forked_makes_its_own() -> None:
    before = made("a")
    child = os.fork()
    if child == 0:
        os._exit(0 if made("a") is not before else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert made("a") is before


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (None, "must name a subclass of deliver_to_po.adapter.OrderAdapter"),
        ("", "must name a subclass of"),
        (7, "must name a subclass of"),
        ("no.Where", "“no.Where” cannot be imported"),
        ("datetime.date", "“datetime.date” is not a subclass of OrderAdapter"),
        ("datetime.MAXYEAR", "is not a subclass of OrderAdapter"),
    ],
)
def test_a_path_that_names_no_such_class_is_an_error_that_names_the_setting(path: object, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^THE_SETTING") as caught:
        subclass_named(path, OrderAdapter, "THE_SETTING")
    assert said in str(caught.value)


def test_a_class_that_is_found_is_returned() -> None:
    assert subclass_named("deliver_to_po.shipping.dummy.DummyShipping", ShippingSystem, "X") is DummyShipping
