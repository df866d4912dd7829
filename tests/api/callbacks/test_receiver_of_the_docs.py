"""From the check to the tracking number and label, by the receiver that the documentation gives to copy; killed too."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command

from deliver_to_po import shop
from deliver_to_po.core.choices import OfficeCheck, Outcome, ShipmentState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff import office_check
from deliver_to_po.models import Shipment
from deliver_to_po.offices.check import CheckAnswer
from deliver_to_po.shop import delivery_of
from tests.docs.receiver import Program
from tests.factories import make_draft, make_paid_order
from tests.handoff.workers import wait_for
from tests.rounds import hand_off_due
from tests.shipping.parcel_receiver import SECRET, SIGNER, Answer, Receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
S = ShipmentState


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    labels = tmp_path / "labels"
    labels.mkdir()
    monkeypatch.setattr(Shipment._meta.get_field("label"), "storage", FileSystemStorage(labels))
    return labels


@pytest.fixture
def program(live_server: Any, tmp_path: Path) -> Iterator[Program]:
    """Return the receiver, not started, which reports to the shop under test."""
    made = Program(tmp_path / "parcels.sqlite3", SECRET, f"{live_server.url}/post-office/webhook/default/")
    yield made
    made.kill()


@pytest.fixture
def post_to(change_settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that sets the shop's webhook up; every post office takes parcels."""
    takes = CheckAnswer(OfficeCheck.TAKES_PARCELS)
    monkeypatch.setattr(office_check, "ask_about", lambda *_args, **_kwargs: takes)

    def configure(url: str) -> None:
        options = {"URL": url, "SECRET": SECRET, "HAS_SHOWN_A_LABEL": True}
        change_settings(
            SHIPPING_SYSTEMS={"default": {"BACKEND": "deliver_to_po.shipping.webhook.Webhook", "OPTIONS": options}},
            HANDOFF={**app_settings_handoff(), "RETRY_AFTER_SECONDS": (0.1,), "LOOK_UP_AFTER_SECONDS": (0.1,)},
        )

    return configure


def app_settings_handoff() -> dict[str, Any]:
    return {"LEASE_SECONDS": app_settings.handoff.lease_seconds}


def buy() -> Shipment:
    """Place an order to a post office and release it; return its parcel, which waits."""
    order, draft = make_paid_order(), make_draft()
    shop.place(order, draft.pk, paid=True)
    shop.release(order)
    delivery = delivery_of(order)
    assert delivery is not None
    return delivery.shipments.get()


def is_in(shipment: Shipment, *states: str) -> bool:
    hand_off_due()
    shipment.refresh_from_db()
    return shipment.state in states


def test_the_five_steps_from_the_check_to_the_label(
    program: Program, post_to: Callable[[str], None], folder: Path
) -> None:
    program.start()
    post_to(program.url)
    call_command("check")
    shipment = buy()
    assert shipment.state == S.WAITING
    wait_for(lambda: is_in(shipment, S.LABELLED))
    assert len(shipment.tracking_pin) == 16
    label = (folder / str(shipment.label.name)).read_bytes()
    assert shipment.tracking_pin.encode() in label
    outcomes = list(shipment.attempts.order_by("pk").values_list("outcome", flat=True))
    assert sorted(outcomes) == sorted([Outcome.TAKES_PARCELS, Outcome.HANDED, Outcome.MADE, Outcome.LABEL_KEPT])


def test_a_receiver_that_is_killed_and_started_again_loses_nothing_and_makes_nothing_twice(
    program: Program, post_to: Callable[[str], None], folder: Path
) -> None:
    """It dies once with parcels in hand, and its reports are heard, but their answers are not."""
    program.start()
    post_to(program.url)
    shipments = [buy() for _ in range(3)]
    for shipment in shipments:
        wait_for(partial(is_in, shipment, S.HANDED, S.DONE, S.LABELLED))
        program.kill()
        # Nobody is there: what is posted now waits.
        hand_off_due()
        program.start()
    for shipment in shipments:
        wait_for(partial(is_in, shipment, S.LABELLED))
    assert len({shipment.tracking_pin for shipment in shipments}) == 3
    assert len(list(folder.iterdir())) == 3
    for shipment in shipments:
        outcomes = list(shipment.attempts.values_list("outcome", flat=True))
        assert (outcomes.count(Outcome.MADE), outcomes.count(Outcome.LABEL_KEPT)) == (1, 1)


@pytest.fixture
def between() -> Iterator[Receiver]:
    """Return a server that stands between the receiver and the shop."""
    server = Receiver()
    yield server
    server.stop()


def test_killed_before_it_hears_that_its_report_was_taken_it_reports_the_same_again(
    program: Program, between: Receiver, post_to: Callable[[str], None], live_server: Any, folder: Path
) -> None:
    """The shop has taken the report when the receiver dies."""
    between.answer(Answer(status=0))
    telling_nobody = Program(program.database, SECRET, between.url)
    telling_nobody.start()
    post_to(telling_nobody.url)
    shipment = buy()
    try:
        wait_for(lambda: is_in(shipment, S.HANDED) and between.got)
    finally:
        telling_nobody.kill()
    [(headers, report), *_more] = between.got
    assert SIGNER.has_signed({name.lower(): value for name, value in headers.items()}, report)
    taken = post(f"{live_server.url}/post-office/webhook/default/", headers, report)
    assert taken == 200
    before = Shipment.objects.filter(pk=shipment.pk).values().get()
    program.start()
    wait_for(lambda: program.answered() == ['200 {"result": "taken", "repeated": true}'])
    assert Shipment.objects.filter(pk=shipment.pk).values().get() == before
    assert before["state"] == S.LABELLED


def post(url: str, headers: Any, body: bytes) -> int:
    told = {name: value for name, value in headers.items() if name.lower().startswith(("webhook-", "content-type"))}
    return requests.post(url, data=body, headers=told, timeout=10).status_code
