"""What goes to no post office, why, and what the shop's mistakes lead to: before it is paid for."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from deliver_to_po.adapter import Parcel, Service, ShipmentOption
from deliver_to_po.core.defaults import DEFAULTS
from deliver_to_po.errors import NotMailable
from deliver_to_po.offer.mailable import mailing_of, refuse_unmailable
from deliver_to_po.shipping import ShippingSystem
from tests.factories import PARCEL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cache_of_this_process")]
CART = object()
HIDDEN = "Your order cannot be delivered to a post office right now."
BIG = Decimal(90)
HEAVY, LONG = replace(PARCEL, weight_kg=Decimal("30.001")), replace(PARCEL, height_cm=Decimal("200.1"))
LARGE = replace(PARCEL, length_cm=BIG, width_cm=BIG, height_cm=BIG)
TOO_DEAR = [ShipmentOption("COV", Decimal("5000.01")), ShipmentOption("SO")]
NOT_MAILABLE: dict[str, tuple[dict[str, Any], str, str]] = {
    "heavy": ({"parcels": [PARCEL, HEAVY]}, "too heavy: post offices", "trop lourd"),
    "long": ({"parcels": [LONG]}, "too long: post offices", "trop long"),
    "large": ({"parcels": [LARGE]}, "too large: its length", "trop volumineux"),
    "left at the door": ({"options": [ShipmentOption("LAD")]}, "needs a service that", "n’offrent pas"),
    "too dear": ({"options": TOO_DEAR}, "needs a service that", "n’offrent pas"),
    "forbidden": ({"mailable": "Lamp oil does not travel by post."}, "Lamp oil", "Lamp oil"),
}


def raises(*_: Any) -> Any:
    raise RuntimeError("shop")


def parcel(**changed: Any) -> Parcel:
    return replace(PARCEL, **changed)


@pytest.mark.parametrize("case", NOT_MAILABLE)
def test_what_goes_to_no_post_office_says_why_in_both_languages(case: str, shop_says: Any, caplog: Any) -> None:
    answers, english, french = NOT_MAILABLE[case]
    shop_says(**answers)
    for language, words in (("en", english), ("fr", french)):
        with translation.override(language):
            assert words in mailing_of(CART).reason
            with pytest.raises(NotMailable, match=words):
                refuse_unmailable(CART)
    assert not caplog.records


MAILABLE: dict[str, dict[str, Any]] = {
    "30 kg": {"parcels": [parcel(weight_kg=Decimal(30))]},
    "200 cm": {"parcels": [parcel(length_cm=Decimal(200), width_cm=BIG / 3, height_cm=Decimal(20))]},
    "5000 CAD": {"options": [ShipmentOption("COV", Decimal(5000)), ShipmentOption("SO")]},
    "signed for": {"options": [ShipmentOption("SO"), ShipmentOption("PA18")]},
}


@pytest.mark.parametrize("case", MAILABLE)
def test_what_is_just_as_much_as_a_post_office_takes_goes(case: str, shop_says: Any) -> None:
    shop_says(**MAILABLE[case])
    refuse_unmailable(CART)
    assert mailing_of(CART).reason == ""


class Broken:
    """What no adapter should return: whatever is done with it fails."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name) if name.startswith("__") else RuntimeError(name)


# What the shop has left out or told wrong: nothing is offered, and nothing that is paid for is refused.
MISTAKES: dict[str, dict[str, Any]] = {
    "no weight": {"parcels": [parcel(weight_kg=None)]},
    "zero weight": {"parcels": [PARCEL, parcel(weight_kg=Decimal(0))]},
    "negative weight": {"parcels": [parcel(weight_kg=Decimal("-1.25"))]},
    "no side": {"parcels": [parcel(width_cm=0)]},
    "no parcel": {"parcels": []},
    "no list": {"parcels": None},
    "other things": {"parcels": [Broken()]},
    "parcels raise": {"parcels": raises},
    "options raise": {"options": raises},
    "coverage without a signature": {"options": [ShipmentOption("COV", Decimal("100.01"))]},
    "two proofs of age": {"options": [ShipmentOption("PA18"), ShipmentOption("PA19")]},
    "services raise": {"services": raises},
    "services of another kind": {"services": [5]},
    "no service": {"services": []},
    "no such service": {"services": ["DOM.RP"]},
    "mailable raises": {"mailable": raises},
    "mailable of another kind": {"mailable": True},
    "no such system": {"shipping_system": "nobody"},
}


@pytest.mark.parametrize("case", MISTAKES)
def test_what_is_missing_hides_the_option_tells_the_merchant_once_and_costs_no_payment(
    case: str, shop_says: Any, caplog: Any
) -> None:
    shop_says(**MISTAKES[case])
    assert [mailing_of(CART).reason for _ in range(3)] == [HIDDEN] * 3
    assert len([record for record in caplog.records if "are not offered" in record.message]) == 1
    refuse_unmailable(CART)


def test_what_is_too_heavy_is_refused_although_the_options_are_a_mistake(shop_says: Any) -> None:
    shop_says(parcels=[HEAVY], options=None)
    with pytest.raises(NotMailable):
        refuse_unmailable(CART)


def test_a_shipping_system_without_such_labels_is_not_mailable(shop_says: Any, change_settings: Any) -> None:
    backend = f"{__name__}.WithoutLabels"
    change_settings(SHIPPING_SYSTEMS={**DEFAULTS["SHIPPING_SYSTEMS"], "other": {"BACKEND": backend}})
    shop_says(shipping_system="other")
    assert mailing_of(CART).reason == HIDDEN
    # If the shop cannot name the system before there is an order, the default one counts.
    shop_says(shipping_system=raises)
    assert mailing_of(CART).reason == ""


class WithoutLabels(ShippingSystem):
    """A shipping system of which nobody has seen a label."""

    def create(self, request: Any) -> Any:
        """Make nothing."""
        raise NotImplementedError


def test_only_the_services_that_the_shop_names_count(shop_says: Any) -> None:
    shop_says(services=["DOM.XP", Service.XPRESSPOST])
    assert mailing_of(CART).services == (Service.XPRESSPOST,)
