"""The page about the webhook: its settings pass every check, and it names every option and every answer."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from importlib import resources
from pathlib import Path
from textwrap import dedent
from threading import Thread
from typing import Any

import pytest
from django.test import override_settings
from jsonschema import Draft202012Validator

from deliver_to_po.api.callbacks.views import NOT_TAKEN
from deliver_to_po.canadapost.identifiers import is_tracking_number
from deliver_to_po.operations.checks.handoff import check_shipping_systems
from deliver_to_po.operations.checks.webhook import check_parcel_webhook, check_webhooks
from deliver_to_po.shipping.webhook import Webhook
from tests.docs.receiver import RECEIVER
from tests.shipping.parcel_receiver import SECRET, Answer, Receiver

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "webhook-receiver.md").read_text(encoding="utf-8")


def test_the_settings_of_the_page_pass_every_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("PARCEL_WEBHOOK_SECRET", SECRET)
    shipping, telling = re.findall(r"^ *```py\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    for block in (shipping, telling):
        written: dict[str, Any] = {"DELIVER_TO_PO": {}}
        exec(dedent(block), {"os": os}, written)  # noqa: S102 - it is our own page
        with override_settings(DELIVER_TO_PO=written["DELIVER_TO_PO"]):
            assert check_webhooks() + check_shipping_systems() + check_parcel_webhook() == []


def properties(schema: Any) -> set[str]:
    """Return the name of each field that a schema has, however deep."""
    inside = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return set(schema.get("properties", {})).union(*map(properties, inside))


@pytest.mark.parametrize("kind", ["shipment.requested", "shipment.reported", "parcel.seen"])
def test_the_message_of_the_page_keeps_its_schema_and_shows_every_field(kind: str) -> None:
    [text] = [block for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL) if kind in block]
    name = {"shipment.requested": "shipment", "shipment.reported": "report", "parcel.seen": "seen"}[kind]
    schema = json.loads((resources.files("deliver_to_po.shipping") / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(text))
    assert properties(schema) == set(re.findall(r'"(\w+)":', text))
    scans = schema["properties"]["data"]["properties"].get("events", {}).get("items", {})
    assert all(f"`{scan}`" in PAGE for scan in scans.get("properties", {}).get("scan", {}).get("enum", ()))


@pytest.mark.parametrize("option", Webhook.option_names)
def test_the_page_has_a_row_for_the_option(option: str) -> None:
    assert f"\n| `{option}` | " in PAGE


@pytest.mark.parametrize("status", sorted({status for status, *_ in NOT_TAKEN.values()}))
def test_the_page_has_a_row_for_the_answer(status: int) -> None:
    assert f"\n| {status} | " in PAGE


@pytest.fixture
def in_its_place() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.stop()


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


def test_the_receiver_makes_a_right_number_and_a_label_on_which_no_name_is_a_command() -> None:
    parcel = {"request_id": "9f" * 16, "office": {"name": "Main ^XZ^XA~JR St"}, "parcel": {"number": 1, "of": 2}}
    number, label = RECEIVER["make_shipment"](parcel)
    assert is_tracking_number(number)
    assert re.findall(rb"[\^~]..", label) == [b"^XA", b"^FO", b"^A0", b"^FD", b"^FS", b"^XZ"]
    assert label.endswith(b" 1/2^FS^XZ")


@pytest.mark.parametrize("status", [200, 404])
def test_the_receiver_keeps_a_report_until_the_shop_itself_answers_it(
    in_its_place: Receiver, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """An address that is mistyped, or redirects to a page, answers with HTML."""
    in_its_place.answer(Answer(status=status, body=b"<h1>Shop</h1>", headers={"Content-Type": "text/html"}))
    assert RECEIVER["tell"](in_its_place.url, SECRET, "report-1", b"{}") is None
    assert f"A report was not taken at {in_its_place.url}: {status} <h1>Shop</h1>" in capsys.readouterr().err
    in_its_place.answer(Answer(status=status, body=b"{}", headers={"Content-Type": "application/json"}))
    assert RECEIVER["tell"](in_its_place.url, SECRET, "report-1", b"{}") == f"{status} {{}}"


def test_a_parcel_that_the_shops_software_cannot_make_holds_up_no_other(
    in_its_place: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = str(tmp_path / "parcels.sqlite3")
    RECEIVER["make_server"](0, SECRET, database).server_close()
    for request_id in ("aa", "bb", "cc"):
        RECEIVER["keep"](database, json.dumps({"data": {"request_id": request_id, "office": {"name": "A"}}}).encode())

    def make(parcel: Any) -> tuple[str, bytes]:
        if parcel["request_id"] == "aa":
            # As for an answer that is no JSON: it may have been made anyway.
            raise ValueError("who ships it")
        if parcel["request_id"] == "bb":
            raise RECEIVER["NotMade"]("too long")
        return "1", b"^XA^XZ"

    monkeypatch.setitem(RECEIVER["report_of"].__globals__, "make_shipment", make)
    in_its_place.answer(Answer(status=200, body=b"{}", headers={"Content-Type": "application/json"}))
    RECEIVER["work"](database, SECRET, in_its_place.url)
    told = [(message["data"]["request_id"], message["data"]["outcome"]) for message in in_its_place.messages]
    assert told == [("bb", "not_made"), ("cc", "made")]
