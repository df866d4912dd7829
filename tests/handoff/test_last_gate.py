"""The last gate: what the shop says once the label is made keeps the parcel out of print and of the day's end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.core.choices import CLOSED_OFFICE, DeliveryState, OfficeCheck, ParcelState, Reason, ShipmentState
from deliver_to_po.handoff import office_check
from deliver_to_po.handoff.last_gate import hold_what_is_unwanted, keep_back
from deliver_to_po.handoff.printing.job_file import mark_one_printed
from deliver_to_po.handoff.printing.label_state import to_print
from deliver_to_po.handoff.releasing.release import Stays
from deliver_to_po.models import Delivery, Shipment, Tracking
from deliver_to_po.offices.check import CheckAnswer
from tests.factories import PARCEL, make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


@pytest.fixture
def says(shop_says: Any) -> Any:
    """Return a function that lets the shop answer one question so for one parcel's order; of others it does not say."""
    shop_says("is_paid", None)
    return lambda shipment, question, answer: shop_says(question, answer, of=shipment.delivery.order)


def labelled(**fields: Any) -> Shipment:
    return make_shipment(make_delivery(release_asked_at=timezone.now()), state="labelled", **fields)


def stands(shipment: Shipment) -> tuple[str, str]:
    delivery = Delivery.objects.get(pk=shipment.delivery_id)
    return str(delivery.state), str(delivery.reason)


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("is_paid", False, Reason.NOT_PAID),
        ("goes_to_post_office", False, Reason.NOT_FOR_POST_OFFICE),
        ("hold_reason", "a check for fraud", Reason.SHOP_HOLD),
    ],
)
@pytest.mark.parametrize("by_card", [{}, {"group": "", "transmitted_at": timezone.now()}], ids=["contract", "card"])
def test_what_is_no_longer_paid_or_wanted_once_it_has_its_label_is_put_on_hold(
    says: Any, question: str, answer: Any, reason: Reason, by_card: dict[str, Any]
) -> None:
    unwanted, other = labelled(**by_card), labelled(**by_card)
    says(unwanted, question, answer)
    assert hold_what_is_unwanted() == 1
    assert stands(unwanted) == ("held", reason)
    assert stands(other) == ("released", "")
    assert to_print().filter(pk__in=[unwanted.pk, other.pk]).get() == other
    note = unwanted.delivery.history.latest("pk").note
    assert note == (answer if isinstance(answer, str) else "")


@pytest.mark.parametrize("answer", [None, lambda _: 1 / 0, "maybe"])
def test_only_a_plain_no_counts_and_what_one_order_raises_costs_no_other(says: Any, answer: Any) -> None:
    fails, unpaid = labelled(), labelled()
    says(fails, "is_paid", answer)
    says(unpaid, "is_paid", False)
    assert hold_what_is_unwanted() == 1
    assert (stands(fails)[0], stands(unpaid)[0]) == ("released", "held")


@pytest.mark.parametrize(("release", "held"), [("when_paid", True), ("by_merchant", False), ("on_placing", False)])
def test_where_orders_are_released_before_they_are_paid_nobody_asks_whether_they_are(
    says: Any, change_settings: Any, release: str, held: bool
) -> None:
    change_settings(RELEASE=release)
    shipment = labelled()
    says(shipment, "is_paid", False)
    assert hold_what_is_unwanted() == held


def test_what_somebody_let_go_on_is_held_again_if_the_shop_says_something_else(says: Any) -> None:
    shipment = labelled()
    for why, held in (("risk 71.5", 1), ("a payment taken back", 1), ("risk 72", 0)):
        says(shipment, "hold_reason", why)
        Delivery.objects.update(paid_asked_at=None)
        assert hold_what_is_unwanted() == held
        assert shop.resume(shipment.delivery.order) == bool(held)


def test_nobody_is_asked_about_what_has_left_or_has_no_label_or_was_asked_about_just_now(says: Any) -> None:
    now = timezone.now()
    gone, waiting, asked = labelled(transmitted_at=now), make_shipment(), labelled()
    Delivery.objects.filter(pk=asked.delivery_id).update(paid_asked_at=now - timedelta(minutes=1))
    for shipment in (gone, waiting, asked):
        says(shipment, "is_paid", False)
    assert hold_what_is_unwanted() == 0


def test_nobody_is_asked_about_what_was_printed_elsewhere_and_is_in_the_post(says: Any) -> None:
    shipment = labelled(group="", tracking_pin="701")
    Tracking.objects.create(shipment=shipment, state=ParcelState.COLLECTED)
    says(shipment, "is_paid", False)
    assert hold_what_is_unwanted() == 0
    assert stands(shipment)[0] == "released"


def test_a_label_is_not_printed_whose_order_is_not_paid_any_more(says: Any, admin_user: User) -> None:
    unpaid, paid = labelled(), labelled()
    says(unpaid, "is_paid", False)
    assert not mark_one_printed(unpaid, admin_user)
    assert stands(unpaid) == ("held", Reason.NOT_PAID)
    assert mark_one_printed(paid, admin_user)
    assert stands(paid)[0] == DeliveryState.RELEASED


@pytest.mark.parametrize(
    ("of", "answer", "stands_then", "printed"),
    [
        ({"group": ""}, OfficeCheck.NO_LONGER, ("needs_choice", Reason.OFFICE_NO_LONGER), False),
        # Its day's end asks.
        ({"group": "g"}, OfficeCheck.NO_LONGER, ("released", ""), True),
        # It may have left since it was printed.
        ({"group": "", "printed_at": timezone.now()}, OfficeCheck.NO_LONGER, ("released", ""), True),
        # While Canada Post cannot be asked nobody's labels wait.
        ({"group": ""}, OfficeCheck.COULD_NOT_ASK, ("released", ""), True),
    ],
)
def test_what_leaves_with_its_label_is_not_printed_for_a_closed_office(
    monkeypatch: pytest.MonkeyPatch,
    shop_says: Any,
    admin_user: User,
    of: dict[str, Any],
    answer: OfficeCheck,
    stands_then: tuple[str, str],
    printed: bool,
) -> None:
    shop_says("parcels", [PARCEL])
    monkeypatch.setattr(office_check, "checked_office", lambda shipment: CheckAnswer(answer))
    shipment = labelled(**of)
    shipment.delivery.office_checked_at = None
    assert mark_one_printed(shipment, admin_user, again=True) == printed
    assert stands(shipment) == stands_then


@pytest.mark.parametrize(
    ("of", "parcels", "printed"),
    [
        ({"group": ""}, [PARCEL, PARCEL], False),
        ({"group": ""}, [PARCEL], True),
        # What the shop's code raises costs nobody a label.
        ({"group": ""}, lambda _: 1 / 0, True),
        # Its day's end asks.
        ({"group": "g"}, [PARCEL, PARCEL], True),
        # It may have left since it was printed.
        ({"group": "", "printed_at": timezone.now()}, [PARCEL, PARCEL], True),
    ],
)
def test_what_leaves_with_its_label_is_not_printed_while_the_shop_names_other_parcels(
    says: Any, admin_user: User, of: dict[str, Any], parcels: Any, printed: bool
) -> None:
    shipment = labelled(**of)
    says(shipment, "parcels", parcels)
    assert mark_one_printed(shipment, admin_user, again=True) == printed
    assert stands(shipment) == ("released", "")


def test_of_an_order_of_two_parcels_one_is_printed_while_the_other_waits_for_a_person(
    shop_says: Any, admin_user: User
) -> None:
    shop_says("parcels", [PARCEL, replace(PARCEL, weight_kg=PARCEL.weight_kg + 1)])
    right = labelled(group="")
    make_shipment(right.delivery, parcel=2, group="", state=ShipmentState.REFUND_ASKED)
    wrong = make_shipment(right.delivery, parcel=3, group="", state=ShipmentState.LABELLED)
    assert mark_one_printed(right, admin_user)
    assert not mark_one_printed(wrong, admin_user)


def test_a_closed_office_that_is_not_the_chosen_one_any_more_asks_for_no_other_choice() -> None:
    shipment = labelled()
    Delivery.objects.filter(pk=shipment.delivery_id).update(office_id="9999")
    shipment.delivery.refresh_from_db()
    keep_back(shipment, Stays(next(iter(CLOSED_OFFICE.values()))))
    assert stands(shipment) == ("released", "")
