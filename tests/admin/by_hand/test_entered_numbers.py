"""What is said of tracking numbers that were imported: for each line, or of the whole file."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from deliver_to_po.admin.by_hand import entered_numbers
from deliver_to_po.admin.by_hand.entered_numbers import WORDS
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.handoff.by_hand.entering import Entered
from deliver_to_po.shipping.files.table_file import MOST_PASTED
from tests.admin.browsing import desk
from tests.admin.by_hand.clerking import pressed, shown
from tests.handoff.parcels_by_hand import handed_to, number, reference, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("by_hand")]


@pytest.mark.parametrize(("how", "most", "shown_of_wrong"), [("file", 500, 2), ("pasted", 1, 1)])
def test_an_import_answers_line_by_line_with_the_delivery_of_each(
    client: Client, monkeypatch: pytest.MonkeyPatch, how: str, most: int, shown_of_wrong: int
) -> None:
    monkeypatch.setattr(entered_numbers, "SHOWN_AT_MOST", most)
    good, bad = handed_to("desk"), handed_to("desk")
    lines = f"Order ID,PIN\n<i>,{number(2)}\n{reference(good)},{number()}\n{reference(bad)},12\n"
    sent = {"file": SimpleUploadedFile("n.csv", lines.encode())} if how == "file" else {"lines": lines}
    answer: Any = client.post(desk("by_hand"), {"do": "import", "system": "desk", **sent})
    page = answer.content.decode()
    for told in ("1 tracking number saved.", "2 lines were not accepted.", "&lt;i&gt;"):
        assert told in page
    assert [answer.context[name] for name in ("taken", "again", "not_taken", "most")] == [1, 0, 2, most]
    (not_accepted, wrong), (accepted, right) = answer.context["groups"]
    assert (not_accepted, accepted) == ("Not accepted", "Accepted")
    assert (wrong["count"], wrong["more"], len(wrong["rows"])) == (2, 2 - shown_of_wrong, shown_of_wrong)
    why = [WORDS[Entered.UNKNOWN_PARCEL], WORDS[Entered.WRONG_NUMBER]]
    assert [row["why"] for row in wrong["rows"]] == why[:shown_of_wrong]
    assert [row["delivery"] for row in right["rows"]] == [good.delivery_id]
    assert (right["count"], right["more"], wrong["good"], right["good"]) == (1, 0, False, True)
    assert state_of(good) == (ShipmentState.DONE, number())
    assert state_of(bad) == (ShipmentState.HANDED, "")


def test_why_a_line_cannot_be_read_is_said(client: Client) -> None:
    answer: Any = client.post(
        desk("by_hand"), {"do": "import", "system": "desk", "lines": f"Order ID,PIN\n=A1,{number()}"}
    )
    assert "This is a formula, not a text" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "Choose a file first"), (b"PK\x03\x04", "not a text file"), (b"a,b\n1,2\n", "columns are not known")],
)
def test_a_file_that_is_none_says_what_to_do(client: Client, content: bytes, said: str) -> None:
    shipment = handed_to("desk")
    assert said in pressed(client, "import", file=SimpleUploadedFile("n.csv", content))
    assert state_of(shipment)[0] == ShipmentState.HANDED


def test_pasted_lines_that_a_browser_may_have_cut_are_kept_in_the_page_and_not_imported(client: Client) -> None:
    shipment = handed_to("desk")
    assert shown(client, desk("by_hand")).count(f'maxlength="{MOST_PASTED}"') == 2
    first = f"Order ID,PIN\r\n{reference(shipment)},{number()}"
    room = MOST_PASTED - len(first) + 1
    page = pressed(client, "import", lines=first + "\r\n" * room)
    assert "may have been cut" in page
    assert page.count(first) == 1
    assert state_of(shipment)[0] == ShipmentState.HANDED
    assert "1 tracking number saved." in pressed(client, "import", lines=first + "\r\n" * (room - 1))
