"""The page that asks before anything is done: once, with a reason, for one delivery or for a selection."""

from itertools import chain, repeat
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib import messages
from django.db import OperationalError
from django.test import Client

from deliver_to_po.admin.changes import confirm_page, found_by_clerk, holding
from deliver_to_po.admin.changes.buttons import SHIPMENT_CHANGES
from deliver_to_po.admin.changes.confirm_page import CONFIRMED, told_of
from deliver_to_po.core import database_errors
from deliver_to_po.core.choices import Change, Reason
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.change import Changed
from deliver_to_po.handoff.releasing.release import hold_delivery
from deliver_to_po.models import Delivery, Shipment
from tests.admin.browsing import page_of, said, seen_again, select, send, url
from tests.admin.changes.test_holding import waiting_for_payment
from tests.admin.conftest import Clerk
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_shipment
from tests.outbox.conftest import locked

pytestmark = pytest.mark.django_db

NOT_ON_HOLD = "There is nothing to resume: the delivery is not on hold."
NOTHING_TO_HOLD = "There is nothing to put on hold: it is on hold already, cancelled, or all of it has left the shop."


def test_the_page_asks_once_and_does_nothing_before(admin_client: Client) -> None:
    delivery = waiting_for_payment()
    page = page_of(admin_client, url("hold", delivery))
    assert page.select("h1")[0].get_text() == "Put on hold"
    assert "Nothing of it will be sent, printed or transmitted" in page.get_text()
    assert f"{delivery}: {delivery.recipient_name} (placed)" in page.get_text()
    assert page.select_one("form.d2po-change input[name=csrfmiddlewaretoken]")
    assert page.select("form.d2po-change a.closelink")[0]["href"] == url("delivery_change", delivery)
    assert seen_again(delivery) == ("placed", "")


@pytest.mark.parametrize(
    ("name", "state", "is_final"),
    [
        ("cancel", "labelled", True),
        ("to_home", "labelled", True),
        ("hold", "labelled", False),
        ("nothing_made", "attention", True),
        ("exists", "attention", False),
        ("label_destroyed", "refund_asked", True),
    ],
)
def test_the_page_says_where_no_button_undoes_it(admin_client: Client, name: str, state: str, is_final: bool) -> None:
    shipment = make_shipment(state=state, due_at=None)
    row = shipment if name in {each.name for each in SHIPMENT_CHANGES} else shipment.delivery
    assert ("This cannot be undone." in page_of(admin_client, url(name, row)).get_text()) == is_final


@pytest.mark.parametrize("note", ["", " ", "x" * 201])
def test_without_a_reason_nothing_is_done(admin_client: Client, note: str) -> None:
    delivery = waiting_for_payment()
    response = admin_client.post(url("hold", delivery), {CONFIRMED: "1", "note": note})
    assert BeautifulSoup(response.content, "html.parser").select(".errorlist")
    assert seen_again(delivery) == ("placed", "")


def test_what_is_said_and_who_did_it_and_why_is_kept(
    admin_client: Client, admin_user: Any, bystanders: Bystanders
) -> None:
    delivery = waiting_for_payment()
    assert send(admin_client, "hold", delivery, note="The buyer called") == [
        "1 delivery is on hold: nothing of it is sent, printed or transmitted until you resume it."
    ]
    assert seen_again(delivery) == ("held", Reason.ON_HOLD)
    assert list(delivery.history.values_list("change", "note", "user")) == [
        (Change.HOLD, "The buyer called", admin_user.pk)
    ]


@pytest.mark.parametrize(("name", "refusal"), [("hold", NOTHING_TO_HOLD), ("let_go_on", NOT_ON_HOLD)])
def test_where_there_is_nothing_to_do_that_is_said(admin_client: Client, name: str, refusal: str) -> None:
    delivery = make_delivery(state="cancelled")
    assert said(admin_client.get(url(name, delivery))) == [refusal]
    assert send(admin_client, name, delivery, note="x") == [refusal]
    assert said(select(admin_client, name, delivery)) == [refusal]


def test_where_somebody_was_faster_that_is_said(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = make_delivery(state="held", reason="on_hold")
    monkeypatch.setattr("deliver_to_po.admin.changes.holding.resume_delivery", lambda *args, **kwargs: False)
    assert send(admin_client, "let_go_on", delivery) == [NOT_ON_HOLD]


@pytest.mark.parametrize(("state", "status"), [("made", 302), ("attention", 200)])
def test_what_is_refused_is_told_beside_what_was_typed_or_where_nothing_is_left_to_do_on_the_delivery(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, state: str, status: int
) -> None:
    shipment = make_shipment(state="attention", due_at=None)

    def refused(*_arguments: Any, **_named: Any) -> None:
        Shipment.objects.filter(pk=shipment.pk).update(state=state, shipment_id="S-1")
        raise MoveRefused("Somebody was faster.")

    monkeypatch.setattr(found_by_clerk, "nothing_exists", refused)
    response = admin_client.post(url("nothing_made", shipment), {CONFIRMED: "1", "note": "looked"})
    assert (response.status_code, said(response)) == (status, ["Somebody was faster."] if status == 302 else [])
    if status == 200:
        page = BeautifulSoup(response.content, "html.parser")
        assert [line.get_text() for line in page.select(".errorlist li")] == ["Somebody was faster."]
        assert page.select("[name=note]")[0]["value"] == "looked"


def test_a_selection_is_asked_about_once_and_equal_outcomes_are_told_once(
    admin_client: Client, bystanders: Bystanders
) -> None:
    first, second, done = waiting_for_payment(), waiting_for_payment(), make_delivery(state="cancelled")
    chosen = make_delivery(state="needs_choice", reason="office_gone")
    page = BeautifulSoup(select(admin_client, "hold", first, second, done, chosen).content, "html.parser")
    [form] = page.select("form.d2po-change")
    assert f"{done}: 1 selected delivery stays as it is." in form.get_text()
    sent = {key for field in form.select("input[name=chosen]") for key in str(field["value"]).split(",")}
    assert sent == {str(delivery.pk) for delivery in (first, second, chosen)}
    assert form.select("input[name=action]")[0]["value"] == "hold"
    messages = said(select(admin_client, "hold", first, second, chosen, note="x", **{CONFIRMED: "1"}))
    assert sorted(messages) == [
        "1 delivery needs a post office first: once that is chosen, it is put on hold.",
        "2 deliveries are on hold: nothing of them is sent, printed or transmitted until you resume them.",
    ]
    states = [seen_again(row)[0] for row in (first, second, done, chosen)]
    assert states == ["held", "held", "cancelled", "needs_choice"]


def test_a_database_that_stays_busy_ends_a_selection_and_that_is_said(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [waiting_for_payment() for _ in range(3)]
    answers = chain([True], repeat(locked()))

    def hold(delivery: Delivery, **how: Any) -> bool:
        if isinstance(answer := next(answers), Exception):
            raise answer
        return hold_delivery(delivery, **how)

    monkeypatch.setattr(holding, "hold_delivery", hold)
    monkeypatch.setattr(database_errors, "WAITS", (0.0,))
    done, left = said(select(admin_client, "hold", *rows, note="x", **{CONFIRMED: "1"}))
    assert done == "1 delivery is on hold: nothing of it is sent, printed or transmitted until you resume it."
    names, text = left.split(": ", 1)
    assert text == "2 selected deliveries stay as they are. The shop’s database was busy: try again."
    assert sorted(names.split(", ")) == sorted(str(row) for row in rows if seen_again(row)[0] == "placed")


def test_what_is_not_reached_before_a_web_server_ends_the_request_is_told(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirm_page, "BUDGET_SECONDS", -1)
    rows = [waiting_for_payment() for _each in range(3)]
    monkeypatch.setattr(confirm_page, "NAMED", 1)
    _held, told = said(select(admin_client, "hold", *rows, note="asked", **{CONFIRMED: "1"}))
    name, text = told.split(": ", 1)
    assert text == "2 deliveries were not reached in time. Press the button again."
    placed = [str(row) for row in rows if seen_again(row)[0] == "placed"]
    assert len(placed) == 2
    assert name in [f"{row} …" for row in placed]


def test_a_column_that_is_missing_is_not_called_busy(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def hold(delivery: Delivery, **how: Any) -> bool:
        raise OperationalError("no such column")

    monkeypatch.setattr(holding, "hold_delivery", hold)
    with pytest.raises(OperationalError, match="no such column"):
        select(admin_client, "hold", waiting_for_payment(), note="x", **{CONFIRMED: "1"})


def test_what_can_no_longer_be_done_when_the_page_is_sent_is_counted(admin_client: Client) -> None:
    first, second = waiting_for_payment(), make_delivery(state="cancelled")
    told = said(select(admin_client, "hold", first, second, note="x", **{CONFIRMED: "1"}))
    assert f"{second}: 1 selected delivery stays as it is. {NOTHING_TO_HOLD}" in told
    assert len(told) == 2


def test_an_action_of_the_list_needs_its_permission(clerk: Clerk) -> None:
    delivery = make_delivery(state="held", reason="shop_error")
    select(clerk("view_delivery", "hand_off_delivery"), "let_go_on", delivery, **{CONFIRMED: "1"})
    assert seen_again(delivery) == ("held", "shop_error")


def test_what_a_clerk_has_to_do_something_about_is_a_warning() -> None:
    told = {changed: told_of(changed) for changed in Changed}
    assert all(outcome.more for outcome in told.values())
    assert {changed for changed, outcome in told.items() if outcome.level == messages.WARNING} == {
        Changed.NEEDS_DESTROYED_LABEL,
        Changed.NEEDS_PERSON,
        Changed.NOTHING,
    }
