"""A COMMIT whose answer never comes: it was made or it was not, and either way nothing is lost or made twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from deliver_to_po.core.choices import Outcome, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.sending.labelling import is_label
from deliver_to_po.models import Attempt, Shipment
from deliver_to_po.shipping import Label
from tests.handoff.conftest import Due
from tests.handoff.lossy_postgresql import LossyPostgreSQL
from tests.handoff.workers import LOOP, Workers, finished_by, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.postgresql]


@pytest.fixture
def proxy() -> Iterator[LossyPostgreSQL]:
    """Return a proxy before the database of the tests."""
    server = connection.settings_dict
    made = LossyPostgreSQL(str(server["HOST"] or "127.0.0.1"), int(server["PORT"] or 5432))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("state", "arrives", "looked_up"),
    [
        pytest.param(ShipmentState.REQUESTED, True, 1, id="requested, the answer is lost"),
        pytest.param(ShipmentState.REQUESTED, False, 0, id="requested, it never arrives"),
        pytest.param(ShipmentState.MADE, True, 0, id="made, the answer is lost"),
        pytest.param(ShipmentState.MADE, False, 1, id="made, it never arrives"),
        pytest.param(ShipmentState.LABELLED, True, 0, id="labelled, the answer is lost"),
        pytest.param(ShipmentState.LABELLED, False, 0, id="labelled, it never arrives"),
    ],
)
def test_a_lost_commit_costs_neither_a_label_nor_a_second_shipment(
    due: Due,
    emulator: EmulatorServer,
    workers: Workers,
    proxy: LossyPostgreSQL,
    tmp_path: Path,
    state: ShipmentState,
    arrives: bool,
    looked_up: int,
) -> None:
    shipments = [due(), due()]
    proxy.lose_commit(f"\"state\" = '{state.value}'", arrives=arrives)

    worker = workers.start(*LOOP, database_port=proxy.port)
    wait_for(proxy.lost.is_set)
    wait_for(lambda: Shipment.objects.filter(pk=shipments[0].pk, state=ShipmentState.LABELLED).exists())
    finished_by(worker, shipments[1])

    for shipment in shipments:
        shipment.refresh_from_db()
    assert [(row.reason, row.due_at, row.lease, row.lapses) for row in shipments] == [(Reason.NONE, None, None, 0)] * 2
    assert Attempt.objects.filter(shipment__in=shipments, outcome=Outcome.LOST).count() == looked_up
    held = {made.request_id: made.shipment_id for made in emulator.shipments}
    assert len(emulator.shipments) == 2
    assert held == {shipment.request_id: shipment.shipment_id for shipment in shipments}
    files = {file.name: file for file in tmp_path.iterdir()}
    assert set(files) == {str(shipment.label.name) for shipment in shipments}
    assert all(is_label(Label(file.read_bytes())) for file in files.values())
