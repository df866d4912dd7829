"""The page in the browser: parcels moved along and faults planned by its forms, in English and in French."""

import re
from html import unescape
from typing import Any

import pytest

from deliver_to_po.emulator import page_texts
from deliver_to_po.emulator.control import STATUSES
from deliver_to_po.emulator.faults import NAMED_FAULTS
from deliver_to_po.emulator.parcel_steps import STEPS
from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller


def test_a_parcel_is_moved_along_by_a_button(emulator: EmulatorServer, caller: Caller, body: dict[str, Any]) -> None:
    made = caller.create(body).json()
    form = {"shipment": made["shipmentId"], "step": "ready", "office": ""}
    assert caller.call("POST", "/_emulator/page/move", data=form).status_code == 200
    assert "Item available for pickup at post office" in caller.call("GET", "/").text
    assert [event.code for event in emulator.state.events(made["trackingPin"])] == [1701]


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"step": "eaten"}, 400), ({"office": "1"}, 400), ({"shipment": "1"}, 404)],
)
def test_a_move_that_cannot_be_is_said_on_the_page(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any], changes: dict[str, str], status: int
) -> None:
    made = caller.create(body).json()
    form = {"shipment": made["shipmentId"], "step": "ready", "office": "", **changes}
    answer = caller.call("POST", "/_emulator/page/move?lang=fr", data=form)
    assert answer.status_code == status
    assert '<p class="problem" role="alert">Le colis n’a pas avancé' in answer.text
    assert emulator.state.events(made["trackingPin"]) == []


def test_faults_are_planned_and_cleared_by_buttons(emulator: EmulatorServer, caller: Caller) -> None:
    form = {"operation": "label", "fault": "500", "count": "2", "after": "on"}
    caller.call("POST", "/_emulator/page/faults", data=form)
    [planned] = emulator.faults.as_json()
    assert (planned["operation"], planned["count"], planned["after"]) == ("label", 2, True)
    caller.call("POST", "/_emulator/page/faults", data={"clear": "1"})
    assert emulator.faults.as_json() == []


def test_manifests_are_on_the_page_with_their_paper(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    caller.create(body)
    manifest = emulator.state.add_manifest("1", "1", {"groupIds": ["group-1"], "manifestAddress": MANIFEST_ADDRESS})
    assert manifest.po_number in caller.call("GET", "/").text
    paper = caller.call("GET", f"/_emulator/manifests/{manifest.manifest_id}.pdf")
    assert paper.content.startswith(b"%PDF")
    assert caller.call("GET", "/_emulator/manifests/1.pdf").status_code == 404


# Languages


def language_of(html: str) -> str:
    found = re.search(r'<html lang="(..)">', html)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "en-CA,fr;q=0.5", "en"),
        ("", "fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        ("", "de", "en"),
        ("?lang=fr", "en-CA", "fr"),
        ("?lang=en", "fr-CA", "en"),
        ("?lang=xx", "fr-CA", "fr"),
    ],
)
def test_the_page_speaks_the_language_of_its_link_or_else_of_the_browser(
    caller: Caller, query: str, accepted: str, language: str
) -> None:
    answer = caller.call("GET", f"/{query}", headers={"Accept-Language": accepted})
    assert (language_of(answer.text), answer.headers["Content-Language"]) == (language, language)


@pytest.mark.parametrize(("language", "other", "name"), [("en", "fr", "Français"), ("fr", "en", "English")])
def test_the_page_links_to_itself_in_the_other_language(caller: Caller, language: str, other: str, name: str) -> None:
    html = caller.call("GET", f"/?lang={language}").text
    link = re.search(rf'<a href="([^"]+)" lang="{other}" hreflang="{other}">{name}</a>', html)
    assert link is not None
    assert language_of(caller.call("GET", link[1]).text) == other


@pytest.mark.parametrize("form", ["move", "faults"])
def test_a_form_leads_back_to_the_page_in_its_language(caller: Caller, body: dict[str, Any], form: str) -> None:
    made = caller.create(body).json()
    action = re.search(rf'action="([^"]+/page/{form}[^"]*)"', caller.call("GET", "/?lang=fr").text)
    assert action is not None
    data = {"shipment": made["shipmentId"], "step": "ready", "clear": "1"}
    assert language_of(caller.call("POST", unescape(action[1]), data=data).text) == "fr"


def test_the_full_page_in_french_holds_no_english(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    made = caller.create(body).json()
    emulator.move_parcel(made["trackingPin"], "ready")
    emulator.faults.add("label", "500", count=None, probability=0.5)
    emulator.state.add_manifest("1", "1", {"groupIds": ["group-1"], "manifestAddress": MANIFEST_ADDRESS})
    french = caller.call("GET", "/?lang=fr").text
    tables = (page_texts.TEXTS, page_texts.STATUSES, page_texts.STEPS)
    english = [pair[0] for table in tables for pair in table.values() if pair[0] != pair[1]]
    assert [text for text in english if re.search(rf">\s*{re.escape(text)}\s*<", french)] == []
    assert "Article peut être ramassé au bureau de poste" in french
    assert "BDP OTTAWA" in french
    assert "50\N{NO-BREAK SPACE}%" in french
    assert "delay\N{NO-BREAK SPACE}: attend, puis répond" in french


def test_every_text_is_there_in_both_languages() -> None:
    tables = (page_texts.TEXTS, page_texts.STATUSES, page_texts.STEPS, page_texts.FAULTS)
    pairs = [pair for table in tables for pair in table.values()]
    assert all(text.strip() for pair in pairs for text in pair)
    assert [english for english, french in pairs if english == french] == ["Document"]
    # Typographic apostrophes and, before a colon, a no-break space.
    assert [french for _, french in pairs if "'" in french or re.search(r"(?<!\N{NO-BREAK SPACE}):", french)] == []


def test_every_step_status_and_fault_has_its_words() -> None:
    assert list(page_texts.STEPS) == list(STEPS)
    assert list(page_texts.FAULTS) == list(NAMED_FAULTS)
    assert set(page_texts.STATUSES) == {*STATUSES, "voided"}


MANIFEST_ADDRESS = {"manifestCompany": "Boutique", "addressDetails": {"addressLine1": "1 Main", "city": "Ottawa"}}
