"""The page about the webhook: its settings pass every check, and it names every option and every answer."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.test import override_settings

from deliver_to_po.callbacks.views import NOT_TAKEN
from deliver_to_po.checks.handoff import check_shipping_systems
from deliver_to_po.checks.webhook import check_webhooks
from deliver_to_po.shipping.webhook import Webhook
from tests.docs.receiver import RECEIVER
from tests.shipping.parcel_receiver import SECRET

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "webhook-receiver.md").read_text(encoding="utf-8")


def test_the_settings_of_the_page_pass_every_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    [block] = re.findall(r"^ *```py\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    written: dict[str, Any] = {}
    exec("if True:\n" + block, {"os": os}, written)  # noqa: S102 - it is our own page
    with override_settings(DELIVER_TO_PO=written["DELIVER_TO_PO"]):
        assert check_webhooks() + check_shipping_systems() == []


@pytest.mark.parametrize("option", Webhook.option_names)
def test_the_page_has_a_row_for_the_option(option: str) -> None:
    assert f"\n| `{option}` | " in PAGE


@pytest.mark.parametrize("status", sorted({status for status, *_ in NOT_TAKEN.values()}))
def test_the_page_has_a_row_for_the_answer(status: int) -> None:
    assert f"\n| {status} | " in PAGE


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[int]:
    """Return the port on which the receiver of the page listens."""
    server = RECEIVER["make_server"](0, SECRET, str(tmp_path / "parcels.sqlite3"))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("header", "status"), [("content-length", 413), ("webhook-timestamp", 401)], ids=["length", "timestamp"]
)
def test_the_receiver_answers_a_stranger_who_sends_a_number_of_thousands_of_digits(
    listening: int, header: str, status: int
) -> None:
    headers = {"content-length": "0", "webhook-id": "1", "webhook-signature": "v1,x", header: "9" * 5_000}
    with closing(HTTPConnection("127.0.0.1", listening, timeout=10)) as stranger:
        stranger.request("POST", "/", headers=headers)
        assert stranger.getresponse().status == status


def test_no_name_is_a_command_on_a_label_of_the_receiver() -> None:
    parcel = {"request_id": "0" * 32, "office": {"name": "Main ^XZ^XA~JR St"}}
    _number, label = RECEIVER["make_shipment"](parcel)
    assert re.findall(rb"[\^~]..", label) == [b"^XA", b"^FO", b"^A0", b"^FD", b"^FS", b"^XZ"]
