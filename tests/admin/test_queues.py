"""The desk opens on queues: what waits, how much of it, and the button that empties each."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory
from django.utils import timezone

from deliver_to_po.admin import queues
from deliver_to_po.admin.deliveries.standing import Standing, Tone
from deliver_to_po.admin.deliveries.standing_of_delivery import standing_of_delivery
from deliver_to_po.core.choices import DeliveryState, ManifestState, ParcelState, Reason, ShipmentState
from deliver_to_po.handoff.printing.label_state import to_print
from deliver_to_po.models import Delivery, Manifest, Shipment, Tracking
from tests.admin.conftest import labelled
from tests.factories import make_delivery, make_shipment
from tests.handoff.parcels_by_hand import SYSTEMS

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

P = ParcelState
CANADA_POST = "deliver_to_po.shipping.canadapost.CanadaPostShipping"
# While one of these is set, nothing more of a delivery is sent.
GONE = ("stop_asked_at", "erased_at")


def standing(delivery: Delivery) -> Standing:
    return standing_of_delivery(delivery, list(delivery.shipments.select_related("tracking", "manifest")))


def names_with(delivery: Delivery) -> set[str]:
    return {queue.name for queue in queues.queues() if queue.rows().filter(pk=delivery.pk).exists()}


@pytest.mark.parametrize(
    ("state", "queue"),
    [
        (DeliveryState.PLACED, {"to_pack"}),
        (DeliveryState.NEEDS_CHOICE, {"needs_choice"}),
        (DeliveryState.HELD, {"held"}),
        (DeliveryState.RELEASED, set()),
        (DeliveryState.CANCELLED, set()),
    ],
)
def test_a_delivery_waits_in_the_queue_of_its_state(state: DeliveryState, queue: set[str]) -> None:
    assert names_with(make_delivery(state=state)) == queue
    for gone in GONE:
        assert names_with(make_delivery(state=state, **{gone: timezone.now()})) == set()


def test_a_title_is_a_few_words_and_what_to_do_a_sentence() -> None:
    told = {queue.name: (str(queue.title), str(queue.does)) for queue in (*queues.queues(), queues.UNPAID)}
    assert [name for name, (title, does) in told.items() if title.endswith(".") or not does.endswith(".")] == []


def test_what_a_buyer_asks_for_has_a_queue_and_is_not_let_go_on_with_all_others(change_settings: Any) -> None:
    change_settings(BUYER_MAY={"CANCEL": True})
    asked = {"wished": Reason.BUYER_CANCELS}
    held = make_delivery(state=DeliveryState.HELD, reason=Reason.BUYER_CANCELS, **asked)
    choice = make_delivery(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE, **asked)
    assert (names_with(held), names_with(choice)) == ({"asked"}, {"asked", "needs_choice"})
    assert names_with(make_delivery(state=DeliveryState.CANCELLED, **asked)) == set()
    assert names_with(make_delivery(state=DeliveryState.HELD)) == {"held"}
    found = [standing(delivery).queue for delivery in (held, choice)]
    assert [queue.name if queue else "" for queue in found] == ["asked", "asked"]
    # Turned off, nothing that was asked for is lost.
    change_settings(BUYER_MAY={"CANCEL": False})
    assert names_with(held) == {"held"}


def test_only_the_newest_revision_of_a_parcel_counts() -> None:
    refused = make_shipment(state=ShipmentState.REFUSED)
    assert names_with(refused.delivery) == {"persons"}
    labelled(refused.delivery, revision=2, group="")
    assert names_with(refused.delivery) == {"to_print"}


@pytest.mark.parametrize("fields", [{"state": DeliveryState.HELD}, *({name: timezone.now()} for name in GONE)])
def test_a_label_that_must_not_be_used_now_is_not_to_be_printed(fields: dict[str, Any]) -> None:
    labelled(make_delivery(**fields), group="")
    assert list(to_print()) == []


def test_a_label_waits_for_the_days_end_once_it_is_printed_where_the_system_has_one() -> None:
    shipment = labelled(printed_at=timezone.now(), system="dummy")
    assert names_with(shipment.delivery) == set()
    Shipment.objects.filter(pk=shipment.pk).update(system="default", printed_at=None)
    assert names_with(shipment.delivery) == {"to_print"}
    Shipment.objects.filter(pk=shipment.pk).update(printed_at=timezone.now())
    assert names_with(shipment.delivery) == {"to_transmit"}
    Shipment.objects.filter(pk=shipment.pk).update(transmitted_at=timezone.now())
    assert names_with(shipment.delivery) == set()


def test_an_old_label_that_somebody_must_destroy_needs_a_person() -> None:
    shipment = make_shipment(state=ShipmentState.REFUND_ASKED, change_asked_at=timezone.now(), group="")
    assert names_with(shipment.delivery) == {"persons"}


def named(delivery: Delivery) -> str:
    queue = standing(delivery).queue
    return queue.name if queue else ""


def test_what_is_labelled_in_another_program_is_a_clerks_to_do(change_settings: Any) -> None:
    change_settings(SHIPPING_SYSTEMS={**SYSTEMS, "default": {"BACKEND": CANADA_POST}})
    exported = make_shipment(state=ShipmentState.WAITING, reason=Reason.TO_EXPORT, system="est")
    handed = make_shipment(state=ShipmentState.HANDED, system="desk")
    others = [make_shipment(system="est"), make_shipment(state=ShipmentState.HANDED, system="default")]
    for mine in (exported, handed):
        assert (names_with(mine.delivery), named(mine.delivery)) == ({"by_hand"}, "by_hand")
    for other in others:
        assert (names_with(other.delivery), named(other.delivery)) == ({"waiting"}, "waiting")
    Delivery.objects.filter(pk=exported.delivery_id).update(state=DeliveryState.HELD)
    assert names_with(exported.delivery) == {"held"}
    Shipment.objects.filter(pk=handed.pk).update(system="gone")
    assert (names_with(handed.delivery), named(handed.delivery)) == ({"waiting"}, "waiting")


def test_a_parcel_of_whose_transmission_nothing_is_known_needs_a_person(
    change_settings: Any, rf: RequestFactory, admin_user: User
) -> None:
    change_settings(TRACKING=True)
    states = (ManifestState.ATTENTION, ManifestState.UNKNOWN)
    unknown, unsure = (Manifest.objects.create(system="default", state=state) for state in states)
    now = timezone.now()
    parcel, other = (labelled(manifest=one, tracking_pin=str(one.pk), printed_at=now) for one in (unknown, unsure))
    assert (names_with(parcel.delivery), named(parcel.delivery)) == ({"persons"}, "persons")
    assert standing(parcel.delivery).tone == Tone.STOP
    request = rf.get("/")
    request.user = admin_user
    assert {card["name"]: card["count"] for card in queues.queue_cards(request)}["persons"] == "1"
    assert (names_with(other.delivery), named(other.delivery)) == (set(), "")
    closed = make_shipment(make_delivery(state=DeliveryState.CANCELLED), state=ShipmentState.REFUSED, manifest=unknown)
    assert names_with(closed.delivery) == set()
    # Whatever became of it, Canada Post has the parcel.
    Tracking.objects.create(shipment=parcel, state=P.IN_TRANSIT)
    assert (names_with(parcel.delivery), named(parcel.delivery)) == (set(), "")


def followed(state: ParcelState, **fields: Any) -> Delivery:
    """Return a delivery whose parcel is in the post; ``fields`` are the shipment's, those of ``tracking`` its own."""
    at = fields.pop("tracking", {})
    shipment = make_shipment(state=ShipmentState.DONE, tracking_pin="1", due_at=None, **fields)
    Tracking.objects.create(shipment=shipment, state=state, **at)
    return shipment.delivery


def on_hold() -> Delivery:
    return make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD)


def test_what_a_merchant_must_know_of_parcels_in_the_post_has_queues(change_settings: Any, time_machine: Any) -> None:
    change_settings(TRACKING=True, TIME_ZONE="America/Toronto")
    # A Wednesday.
    time_machine.move_to(datetime(2026, 11, 25, 15, tzinfo=UTC))
    today = date(2026, 11, 25)
    gone = {"transmitted_at": datetime(2026, 11, 23, 20, tzinfo=UTC), "mailing_date": date(2026, 11, 23)}
    late = {"transmitted_at": datetime(2026, 11, 24, 5, 30, tzinfo=UTC), "mailing_date": date(2026, 11, 23)}
    ten, nine, five, four = (today - timedelta(days=count) for count in (10, 9, 5, 4))
    over = {"ended_at": timezone.now()}
    voided = followed(P.ELSEWHERE)
    Shipment.objects.filter(delivery=voided).update(state=ShipmentState.VOIDED, open_parcel=None)
    expected: Sequence[tuple[Delivery, set[str]]] = (
        (followed(P.NOT_SEEN, group="g", **gone), {"not_seen"}),
        (followed(P.ANNOUNCED, group="g", **gone), {"not_seen"}),
        (followed(P.NOT_SEEN, group="", mailing_date=date(2026, 11, 23)), {"not_seen"}),
        (followed(P.NOT_SEEN, group="", mailing_date=date(2026, 11, 24)), set()),
        (followed(P.NOT_SEEN, group="g", mailing_date=date(2026, 11, 23)), set()),
        # Half an hour after midnight in the shop.
        (followed(P.NOT_SEEN, group="g", **late), set()),
        (followed(P.NOT_SEEN, group="g", tracking=over, **gone), set()),
        (followed(P.IN_TRANSIT, group="g", **gone), set()),
        (followed(P.READY, tracking={"ready_on": ten}), {"aged"}),
        (followed(P.READY, tracking={"ready_on": nine}), {"ageing"}),
        (followed(P.READY, tracking={"ready_on": five}), {"ageing"}),
        (followed(P.READY, tracking={"ready_on": four}), set()),
        (followed(P.ELSEWHERE, tracking={"ready_on": five}), {"ageing", "elsewhere"}),
        (followed(P.PERSON, tracking={"doubt": "disposed"}), {"astray"}),
        # No news for 60 days.
        (followed(P.PERSON, tracking={"doubt": "disposed", **over}), {"astray"}),
        (followed(P.RETURNING, tracking=over), {"coming_back"}),
        (followed(P.RETURNING), {"coming_back"}),
        (followed(P.RETURNED, tracking=over), {"coming_back"}),
        (followed(P.LOST, tracking=over), {"coming_back"}),
        (followed(P.COLLECTED, tracking=over), set()),
        (voided, set()),
        (followed(P.NOT_SEEN, delivery=on_hold(), group="", mailing_date=date(2026, 11, 23)), {"held"}),
        (followed(P.NOT_SEEN, delivery=on_hold(), group="", api="portal by card", **gone), {"held"}),
        (followed(P.NOT_SEEN, delivery=on_hold(), group="g", **gone), {"held", "not_seen"}),
    )
    found = [names_with(delivery) - {"to_transmit"} for delivery, _names in expected]
    assert found == [names for _delivery, names in expected]
    for delivery, _names in expected:
        shown, listed = standing(delivery).queue, names_with(delivery) - {"to_transmit"}
        assert (shown.name in {*listed, "to_transmit"}) if shown else not listed, standing(delivery)
    cancelled = expected[17][0]
    Delivery.objects.filter(pk=cancelled.pk).update(state=DeliveryState.CANCELLED)
    assert names_with(cancelled) == set()
    change_settings(TRACKING=False)
    assert not {"not_seen", "ageing", "aged", "elsewhere", "coming_back"} & {queue.name for queue in queues.queues()}
