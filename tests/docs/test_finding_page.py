"""The page about finding an office says what buyers are told, and names each setting it leans on."""

import gzip
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from deliver_to_po import errors
from deliver_to_po.canadapost.types import NearAddress
from deliver_to_po.core.choices import Rung
from deliver_to_po.core.defaults import DEFAULTS
from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.models import Pause
from deliver_to_po.models.pause_in_force import pause_message
from deliver_to_po.offices.list_source import standing
from deliver_to_po.offices.typed.places import LARGE_CITY_POPULATION, all_places
from deliver_to_po.offices.typed.query import parse, written
from deliver_to_po.offices.typed.whereabouts import Whereabouts

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "explanation" / "finding-an-office.md").read_text(encoding="utf-8")
PICTURE = (DOCS / "images" / "ladder.svg").read_text(encoding="utf-8")
SUGGESTIONS = DOCS.parent / "deliver_to_po" / "static" / "deliver_to_po" / "places.json"
TORONTO = ZoneInfo("America/Toronto")
MORNING, AFTERNOON = (datetime(2026, 11, 25, hour, tzinfo=TORONTO) for hour in (8, 15))
STRIKE = Pause(
    reason_en="Canada Post is on strike.",
    reason_fr="Postes Canada est en grève.",
    ends_at=datetime(2026, 12, 4, 18, tzinfo=TORONTO),
)


def test_each_message_is_the_one_that_buyers_read(time_machine: Any) -> None:
    time_machine.move_to(AFTERNOON, tick=False)
    table = PAGE.split("## The rungs")[1].split("\n\nA visitor")[0]
    read = [line.split(" | ")[1].strip(" |") for line in table.splitlines() if line.startswith("| ")]
    with translation.override("en"):
        assert read[1:] == [
            "",
            " ".join(standing(Rung.STALE, MORNING) or ()),
            " ".join(standing(Rung.DIRECTORY, MORNING) or ()),
            str(errors.PlaceNotKnown.message),
            str(errors.OfficesUnavailable.message),
            pause_message(STRIKE),
        ]


def test_its_intersections_are_asked_for_by_the_first_street() -> None:
    asked = [parse(text) for text in _examples("two streets and a city")]
    assert [query.street for query in asked if isinstance(query, NearAddress)] == ["Bank", "Yonge", "Saint-Denis"]


def test_the_city_of_its_other_intersections_is_asked_for() -> None:
    for text in _examples("a street without a city, or two streets without a city"):
        with pytest.raises(QueryNotUnderstood):
            parse(text)
        assert written(parse(text, Whereabouts(lambda: "M5V 3A1"))).endswith(", Toronto, ON")


def test_its_half_names_lead_to_a_city() -> None:
    paragraph = PAGE.split("**Half a name** ")[1].split("\n\n")[0]
    read = [written(parse(text)) for text in re.findall(r"\*([^*]+)\*", paragraph)]
    assert read == ["Edmonton, AB", "Trois-Rivières, QC"]


def _examples(kind: str) -> list[str]:
    """Return the texts in italics in the row of a kind of question."""
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| {kind}:")]
    return re.findall(r"\*([^*]+)\*", row)


def test_it_tells_how_many_places_there_are_which_cities_are_large_and_what_the_browser_loads() -> None:
    assert f"about {round(len(all_places()), -2):,} places" in PAGE
    assert f"{LARGE_CITY_POPULATION:,} people or more" in PAGE
    assert f"({round(len(gzip.compress(SUGGESTIONS.read_bytes())) / 1000)} kB compressed)" in PAGE


def test_the_picture_gives_the_defaults() -> None:
    assert f"SEARCH_CACHE_LIFETIME, {DEFAULTS['SEARCH_CACHE_LIFETIME'].seconds // 3600} hours" in PICTURE
    assert f"SEARCH_STALE_LIFETIME, {DEFAULTS['SEARCH_STALE_LIFETIME'].days} days" in PICTURE
    assert f"SEARCH_TIMEOUT_SECONDS, {DEFAULTS['SEARCH_TIMEOUT_SECONDS']:g} s" in PICTURE
    assert f"OFFICE_LIFETIME, {DEFAULTS['OFFICE_LIFETIME'].days} days" in PICTURE
