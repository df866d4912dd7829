"""The oldest go first, and those that failed after all others, so many at a time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage
from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, ManifestState
from deliver_to_po.models import Delivery, Export, Manifest
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.outbox.sweep import Sweep
from deliver_to_po.privacy import erasing, expiring, lifetimes
from deliver_to_po.privacy.erasing import erase_exports, erase_manifests, erase_recipients
from deliver_to_po.privacy.expiring import expire_deliveries
from tests.factories import make_shipment
from tests.privacy.rows import TOO_LONG, labelled, placed, reread, row_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]
DO = {erase_recipients: erasing, expire_deliveries: expiring}
STATES = {erase_recipients: DeliveryState.RELEASED, expire_deliveries: DeliveryState.HELD}


@pytest.mark.parametrize("step", DO)
def test_the_oldest_come_first_and_no_more_at_a_time_than_said(
    monkeypatch: pytest.MonkeyPatch, step: Callable[[], int]
) -> None:
    rows = [placed(TOO_LONG * age, state=STATES[step]) for age in (1, 3, 2)]
    for row, age in zip(rows, (1, 3, 2), strict=True):
        Delivery.objects.filter(pk=row.pk).update(created_at=timezone.now() - TOO_LONG * age)
    monkeypatch.setattr(lifetimes, "AT_A_TIME", 2)
    assert step() == 2
    assert [row.history.count() for row in rows] == [0, 1, 1]
    assert step() == 1


def test_what_cannot_be_erased_yet_or_is_already_takes_no_other_ones_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetimes, "AT_A_TIME", 1)
    make_shipment(placed(TOO_LONG), state="unknown")
    placed(TOO_LONG, state=DeliveryState.HELD)
    others = [placed(TOO_LONG) for _ in range(2)]
    assert [erase_recipients() for _ in range(3)] == [1, 1, 0]
    assert all(row.erased_at for row in reread(*others))


@pytest.mark.parametrize("step", DO)
def test_any_number_that_the_database_refuses_is_in_nobodys_way(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: Callable[[], int]
) -> None:
    monkeypatch.setattr(lifetimes, "AT_A_TIME", 2)
    odd, others = [placed(TOO_LONG * 2, state=STATES[step]) for _ in range(3)], [placed(TOO_LONG, state=STATES[step])]

    def move(delivery: Delivery, *arguments: Any, **fields: Any) -> bool:
        return move_delivery(delivery, *arguments, **fields | ({"live": None} if delivery in odd else {}))

    monkeypatch.setattr(DO[step], "move_delivery", move)
    assert [step() for _ in range(3)] == [0, 1, 0]
    assert "IntegrityError" in caplog.text
    assert [row.history.exists() for row in (*odd, *others)] == [False, False, False, True]


def exported(name: str, ago: timedelta) -> Export:
    export = Export.objects.create(system="est", file=name, claimed_at=timezone.now())
    Export.objects.filter(pk=export.pk).update(created_at=timezone.now() - ago)
    return export


def transmitted(name: str, ago: timedelta) -> Manifest:
    when = timezone.now() - ago
    manifest = Manifest.objects.create(state=ManifestState.FETCHED, document=name, transmitted_at=when, fetched_at=when)
    Manifest.objects.filter(pk=manifest.pk).update(created_at=when)
    return manifest


@pytest.mark.parametrize(("kept", "step"), [(exported, erase_exports), (transmitted, erase_manifests)])
def test_any_number_of_files_that_cannot_be_deleted_is_in_nobodys_way(
    monkeypatch: pytest.MonkeyPatch, kept: Callable[[str, timedelta], Any], step: Callable[[], int]
) -> None:
    monkeypatch.setattr(lifetimes, "AT_A_TIME", 2)
    stuck = [kept(f"stuck-{number}", TOO_LONG * 2) for number in range(3)]
    other = kept("other", TOO_LONG)

    def fail(self: InMemoryStorage, name: str) -> None:
        if name.startswith("stuck"):
            raise OSError

    monkeypatch.setattr(InMemoryStorage, "delete", fail)
    assert [step() for _ in range(3)] == [0, 1, 0]
    assert [row_of(row)["erased_at"] is None for row in (*stuck, other)] == [True, True, True, False]


def test_any_number_that_cannot_be_erased_is_in_nobodys_way(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, time_machine: Any
) -> None:
    """More than are tried at a time, older than the others, and each round in a process of its own, as from cron."""
    monkeypatch.setattr(lifetimes, "AT_A_TIME", 2)
    stuck = [placed(TOO_LONG * 2) for _ in range(5)]
    for number, delivery in enumerate(stuck):
        labelled(delivery, f"stuck-{number}.pdf")
    others = [placed(TOO_LONG) for _ in range(3)]
    delete = InMemoryStorage.delete

    def fail(self: InMemoryStorage, name: str) -> None:
        if name.startswith("stuck"):
            raise OSError
        delete(self, name)

    monkeypatch.setattr(InMemoryStorage, "delete", fail)
    assert [Sweep().round(limit=0).housekeeping["recipients"] for _ in range(5)] == [0, 0, 1, 2, 0]
    assert all(row.erased_at for row in reread(*others))
    assert not any(row.erased_at for row in reread(*stuck))
    # Two at a time and one left over beside the first of the others; each again after an hour.
    assert [caplog.text.count(str(row.pk)) for row in stuck] == [1] * 5
    time_machine.move_to(timezone.now() + lifetimes.AGAIN_AFTER + timedelta(minutes=1))
    monkeypatch.setattr(InMemoryStorage, "delete", delete)
    assert [erase_recipients() for _ in range(4)] == [2, 2, 1, 0]
