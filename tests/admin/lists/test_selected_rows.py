"""Actions with more rows than one request can do: the first are done, and the clerk is told of the others."""

import csv
from collections.abc import Sequence
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from deliver_to_po.admin.changes.buttons import LIST_ACTIONS
from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from deliver_to_po.admin.deliveries import delivery_list
from deliver_to_po.admin.deliveries.erasing import ERASE_RECIPIENTS
from deliver_to_po.admin.lists.selected_rows import CHOSEN, unfold
from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.models import Delivery, Shipment
from tests.admin.browsing import LIST, listed, said
from tests.factories import make_delivery, make_draft, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Sequence[Delivery]:
    """Return five deliveries on hold, newest first as the list has them, where three are done at once."""
    monkeypatch.setattr(delivery_list, "MOST", 3)
    now = timezone.now()
    fields: dict[str, Any] = {"state": DeliveryState.HELD, "reason": Reason.ON_HOLD, "release_asked_at": None}
    return [
        make_delivery(reference=f"A-{number}", placed_at=now - timedelta(hours=number), released_at=None, **fields)
        for number in range(1, 6)
    ]


def all_of(client: Client, action: str, where: str = "?queue=held") -> Any:
    chosen = {"action": action, "index": "0", "select_across": "1", "_selected_action": "x"}
    return client.post(reverse(LIST) + where, chosen)


def fields_of(response: Any) -> dict[str, str]:
    """Return what the form of a page that asks sends."""
    [form] = BeautifulSoup(response.content, "html.parser").select("#content form")
    return {str(field["name"]): str(field.get("value", "")) for field in form.select("input[name]")}


def states(rows: Sequence[Delivery]) -> list[str]:
    found = Delivery.objects.in_bulk([row.pk for row in rows])
    return [found[row.pk].state for row in rows]


def test_the_first_are_done_and_the_others_are_counted_and_named(
    admin_client: Client, held: Sequence[Delivery]
) -> None:
    asked = all_of(admin_client, "let_go_on")
    [told] = said(asked)
    assert told.startswith("Only the first 3 of these deliveries are included.")
    assert "2 more stay as they are, from “A-4” on." in told
    left = Delivery.objects.filter(pk__in=[row.pk for row in held[3:]]).order_by("pk").values()
    before = list(left.all())
    sent = fields_of(asked)
    assert sent["chosen"].split(",") == [str(row.pk) for row in reversed(held[:3])]
    admin_client.post(reverse(LIST) + "?queue=held", sent)
    assert states(held) == ["placed", "placed", "placed", "held", "held"]
    assert list(left.all()) == before


def test_no_action_changes_a_choice_that_its_buyer_has_not_ordered(admin_client: Client, change_settings: Any) -> None:
    # Tests are made real only then.
    change_settings(CANADA_POST={"LIVE": True})
    draft = make_draft()
    before = Delivery.objects.filter(pk=draft.pk).values().get()
    for change in (*LIST_ACTIONS, ERASE_RECIPIENTS):
        sure = {"action": change.name, "_selected_action": str(draft.pk), CONFIRMED: "yes"}
        answer = admin_client.post(f"{reverse(LIST)}?state=draft", sure, follow=True)
        assert said(answer)[0] == str(change.refusal)
    assert Delivery.objects.filter(pk=draft.pk).values().get() == before


def test_one_that_is_left_is_named_even_if_a_colleague_was_faster(
    admin_client: Client, held: Sequence[Delivery], monkeypatch: Any
) -> None:
    def after_a_colleague(*words: Any) -> str:
        Delivery.objects.update(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE)
        return ngettext(*words)

    monkeypatch.setattr("deliver_to_po.admin.lists.selected_rows.ngettext", after_a_colleague)
    assert "from “A-4” on." in said(all_of(admin_client, "let_go_on"))[0]


@pytest.mark.parametrize(("most", "left"), [(4, ["1 more stays as it is: “A-5”."]), (5, [])])
def test_one_that_is_left_is_named_and_where_all_are_done_nothing_is_said(
    admin_client: Client, held: Sequence[Delivery], monkeypatch: Any, most: int, left: list[str]
) -> None:
    monkeypatch.setattr(delivery_list, "MOST", most)
    told = said(all_of(admin_client, "let_go_on"))
    assert [words in sentence for words, sentence in zip(left, told, strict=True)] == [True] * len(left)


@pytest.mark.parametrize("action", ["let_go_on", "delete_tests"])
def test_what_a_page_asks_about_fits_what_django_takes(
    admin_client: Client, held: Sequence[Delivery], settings: Any, monkeypatch: Any, action: str
) -> None:
    """1,000 rows and the form's own fields were more than the 1,000 fields that Django takes by default."""
    monkeypatch.setattr(delivery_list, "MOST", 5)
    asked = all_of(admin_client, action)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 6
    answer = admin_client.post(reverse(LIST) + "?queue=held", fields_of(asked), follow=True)
    assert answer.status_code == 200
    assert listed(admin_client, queue="held").select("#result_list tbody tr") == []


@pytest.mark.parametrize("chosen", ["", "x", ",,,", "0" * 100_000, "x," * 5_000])
def test_rows_that_nobody_could_have_chosen_are_none(chosen: str) -> None:
    request = RequestFactory().post("/", {CHOSEN: chosen})
    unfold(request, 3)
    assert request.POST.getlist(ACTION_CHECKBOX_NAME) == []


def test_what_left_the_queue_while_the_page_asked_is_done_too(admin_client: Client) -> None:
    first, second = (make_shipment(state=ShipmentState.REQUESTED) for _ in range(2))
    chosen = {"action": "hold", ACTION_CHECKBOX_NAME: [str(row.delivery_id) for row in (first, second)]}
    sent = fields_of(admin_client.post(reverse(LIST) + "?queue=waiting", chosen))
    # The worker has the answer while the clerk types why.
    labelled = {"state": ShipmentState.LABELLED, "labelled_at": timezone.now(), "due_at": None}
    Shipment.objects.filter(pk=first.pk).update(shipment_id="1", label="1.pdf", **labelled)
    admin_client.post(reverse(LIST) + "?queue=waiting", {**sent, "note": "fraud"})
    assert states([first.delivery, second.delivery]) == ["held", "held"]


def test_a_page_that_asked_about_some_is_never_answered_for_the_whole_list(admin_client: Client) -> None:
    first, other = (make_delivery(state=DeliveryState.PLACED) for _ in range(2))
    sent = fields_of(admin_client.post(reverse(LIST), {"action": "hold", ACTION_CHECKBOX_NAME: [str(first.pk)]}))
    admin_client.post(reverse(LIST), {**sent, "select_across": "1", "note": "fraud"})
    assert states([first, other]) == ["held", "placed"]


def test_a_file_of_rows_has_all_of_them(admin_client: Client, held: Sequence[Delivery]) -> None:
    response = all_of(admin_client, "save_as_csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert [row[0] for row in csv.reader(StringIO(text))][1:] == ["A-5", "A-4", "A-3", "A-2", "A-1"]
