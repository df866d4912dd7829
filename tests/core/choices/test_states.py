"""Each state stands in one of the sets that share all states out, so that a new one is placed in them."""

from deliver_to_po.core.choices import DeliveryState, ManifestState, ShipmentState, states


def test_a_delivery_has_no_order_yet_or_is_active_or_is_cancelled() -> None:
    shared_out = [*states.WITHOUT_ORDER, *states.ACTIVE, DeliveryState.CANCELLED]
    assert sorted(shared_out) == sorted(DeliveryState)


def test_a_shipment_waits_or_is_under_way_or_ready_or_up_to_a_person_or_over() -> None:
    shared_out = [ShipmentState.WAITING, *states.UNDER_WAY, *states.READY, *states.UP_TO_A_PERSON, *states.OVER]
    assert sorted(shared_out) == sorted(ShipmentState)


def test_a_manifest_is_unsettled_or_transmitted_or_refused_or_a_persons() -> None:
    shared_out = [
        *states.MANIFEST_UNSETTLED,
        *states.MANIFEST_TRANSMITTED,
        ManifestState.REFUSED,
        ManifestState.ATTENTION,
    ]
    assert sorted(shared_out) == sorted(ManifestState)
