"""The doctor says what works between a shop and Canada Post, in the merchant's language and without secrets."""

from pathlib import Path
from typing import Any

import pytest

from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.examination.troubles import DOCTOR
from deliver_to_po.models import Heartbeat
from tests.examination.doctor.visiting import Visit
from tests.factories import make_order, make_request
from tests.ways import WITHOUT_CONTRACT

pytestmark = pytest.mark.django_db
OTTAWA = NearPostalCode("K1A0B1")
SECRETS = ("emulator-secret", "0007023210", "0040000001", "access_token")
SUBJECTS = (
    "Label storage",
    "Environment",
    "Connection",
    "Credentials",
    "Post offices near K1A 0B1",
    "Opening hours",
    "Access to shipping",
    "Look-up after a lost answer",
    "Deliver to Post Office",
    "Prices",
    "Clock",
)


def test_of_a_shop_that_works_each_thing_is_right_and_nothing_is_made(api: str, emulator: EmulatorServer) -> None:
    visit = Visit("--near", "k1a 0b1")
    assert [subject for subject in SUBJECTS if not visit.line(subject).startswith("ok")] == []
    assert visit.complaint == ""
    assert visit.text.rstrip().endswith("Everything is OK.")
    assert emulator.shipments == []
    assert "create_shipment" not in emulator.calls
    # Without a record nothing more is asked than is told.
    assert not [operation for operation in emulator.calls if "track" in operation]


def test_it_shows_no_secret(api: str, emulator: EmulatorServer, tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    emulator.faults.add("option", "403")
    visit = Visit("--near", "K1A 0B1", "--record", str(record))
    written = visit.text + visit.complaint + record.read_text(encoding="utf-8").replace('"access_token"', "")
    assert not [secret for secret in SECRETS if secret in written]


def test_it_looks_where_the_shop_ships_from(emulator: EmulatorServer) -> None:
    make_order()
    visit = Visit()
    assert "H2X 1Y4" in visit.line("Sender address")
    assert visit.line("Post offices near H2X 1Y4").startswith("ok")


def test_without_an_order_it_looks_in_ottawa(emulator: EmulatorServer) -> None:
    assert Visit().line("Post offices near K1A 0B1").startswith("ok")


def test_a_postal_code_that_is_none_is_refused(emulator: EmulatorServer) -> None:
    assert Visit("--near", "12345").complaint == "--near must be a Canadian postal code, such as K1A 0B1."
    assert emulator.calls == {}


@pytest.mark.parametrize(
    ("speaks", "changes", "advice"),
    [
        ("portal", {"CLIENT_SECRET": "another"}, "what the emulator printed"),
        ("webservices", {"PASSWORD": "another"}, "what the emulator printed"),
    ],
)
def test_wrong_credentials_end_the_examination_with_advice(
    emulator: EmulatorServer, change_settings: Any, speaks: str, changes: dict[str, str], advice: str
) -> None:
    change_settings(CANADA_POST={"API": speaks, **changes})
    visit = Visit("--near", "K1A 0B1")
    assert visit.found("Connection", "Credentials") == ["ok", "problem"]
    assert advice in visit.line("Credentials")
    assert "Prices" not in visit.text
    assert visit.complaint == "1 problem found."


def test_a_product_without_a_subscription_is_told_from_wrong_credentials(emulator: EmulatorServer) -> None:
    emulator.faults.add("find_offices", "401", count=None)
    visit = Visit("--near", "K1A 0B1")
    assert visit.line("Credentials").startswith("ok")
    assert "Canada Post does not accept" in visit.line("Post offices near K1A 0B1")
    assert "CLIENT_SECRET" not in visit.text
    assert visit.line("Prices").startswith("ok")


@pytest.mark.parametrize("way", WITHOUT_CONTRACT, indirect=True)
def test_without_a_contract_all_is_asked_but_whether_there_is_a_card(way: str) -> None:
    visit = Visit("--near", "K1A 0B1")
    for subject in ("Access to shipping", "Look-up after a lost answer", "Prices"):
        assert visit.line(subject).startswith("ok"), subject
    assert "charged at once" in visit.line("Payment")
    assert visit.complaint == ""


def test_shipments_that_there_are_do_not_disturb_the_look_up(api: str, emulator: EmulatorServer) -> None:
    canada_post().create_shipment(make_request(office_id=canada_post().find_offices(OTTAWA)[0].office_id))
    assert Visit("--near", "K1A 0B1").line("Look-up after a lost answer").startswith("ok")


def test_trouble_with_the_token_is_not_put_down_to_the_credentials(emulator: EmulatorServer) -> None:
    emulator.faults.add("token", "500", count=None)
    visit = Visit("--near", "K1A 0B1")
    assert visit.found("Token", "Credentials") == ["problem", "note"]
    assert "Prices" not in visit.text


def test_a_web_page_in_place_of_every_answer_is_one_problem(api: str, emulator: EmulatorServer) -> None:
    emulator.faults.add("*", "html", count=None)
    visit = Visit("--near", "K1A 0B1")
    assert visit.line("Connection").startswith("problem")
    assert "a web page came instead of an answer (HTTP 200)" in visit.line("Connection")
    assert "Credentials" not in visit.text
    assert visit.complaint == "1 problem found."


def test_a_gateways_page_is_noted_and_the_examination_goes_on(emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(CANADA_POST={"API": "webservices"})
    emulator.faults.add("find_offices", "502", count=None)
    visit = Visit("--near", "K1A 0B1")
    assert visit.found("Connection", "Prices") == ["note", "ok"]


def test_one_refusal_for_too_many_calls_ends_the_examination(api: str, emulator: EmulatorServer) -> None:
    emulator.faults.add("find_offices", "slm", count=None)
    visit = Visit("--near", "K1A 0B1")
    assert "limiting our calls" in visit.line("Post offices near K1A 0B1")
    assert visit.line("Credentials").startswith("ok" if api == "portal" else "note")
    assert "Prices" not in visit.text
    assert visit.complaint == "1 problem found."


def test_nobody_there_is_said_once(emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(CANADA_POST={"BASE_URL": "http://127.0.0.1:9"})
    visit = Visit("--near", "K1A 0B1")
    assert visit.line("Connection").startswith("problem")
    assert "Start the emulator" in visit.line("Connection")
    assert visit.line("Clock").startswith("not asked")
    assert visit.complaint == "1 problem found."


@pytest.mark.parametrize(
    "changes", [{"CUSTOMER_NUMBER": ""}, {"BASE_URL": "http://elsewhere.example"}, {"CLEINT_ID": "x"}]
)
def test_no_call_is_made_with_wrong_settings(
    emulator: EmulatorServer, change_settings: Any, changes: dict[str, str]
) -> None:
    change_settings(CANADA_POST=changes)
    visit = Visit("--near", "K1A 0B1")
    assert "problem    Settings: " in visit.text
    assert visit.line("Canada Post").startswith("not asked")
    assert emulator.calls == {}


@pytest.mark.usefixtures("cache_of_this_process")
def test_what_must_be_gone_before_live_is_told_and_no_call_is_made(
    emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(CANADA_POST={"LIVE": True})
    visit = Visit("--near", "K1A 0B1")
    told = [line.rpartition("deliver_to_po.")[2] for line in visit.text.splitlines() if "Settings: " in line]
    assert sorted(told) == ["E034)", "E064)", "W059)", "W062)", "W063)", "W096)"]
    assert visit.complaint == "2 problems found."
    assert emulator.calls == {}


def test_it_speaks_french(emulator: EmulatorServer) -> None:
    visit = Visit("--near", "K1A 0B1", "--language", "fr")
    assert "Bureaux de poste près du code postal K1A 0B1" in visit.text
    assert "Post offices near" not in visit.text


def test_it_buys_nothing_in_a_shop_that_is_live(change_settings: Any) -> None:
    change_settings(CANADA_POST={"LIVE": True})
    assert "Run this where you develop" in Visit("--shop").complaint


@pytest.mark.parametrize("name", ["CANADA_POST", "SHIPPING_SYSTEMS", "ORDER_ADAPTER"])
def test_a_setting_of_a_wrong_kind_is_named_before_the_checkout_is_tried(name: str, settings: Any) -> None:
    settings.DELIVER_TO_PO = {**settings.DELIVER_TO_PO, name: 5}
    visit = Visit("--shop")
    assert f'DELIVER_TO_PO["{name}"]' in visit.line("Settings")
    assert visit.found("Checkout") == ["not asked"]


def test_what_it_found_stands_on_the_desk(emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(CANADA_POST={"CUSTOMER_NUMBER": ""})
    Visit()
    assert Heartbeat.objects.filter(name__startswith=f"{DOCTOR}deliver_to_po.E").exists()
