"""Clocks: naive times are refused, a day of UTC is named, and time zones that are older than the package's."""

import zoneinfo
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import tzdata

from deliver_to_po.operations.checks import clocks
from tests.operations.checks.told import assert_told, d2po, each_of_ours, ids, words


def test_times_without_zones_are_refused_before_a_buyer_searches(settings: Any) -> None:
    settings.USE_TZ = False
    assert_told(clocks.check_time_zones(), "E065", "USE_TZ = True")
    assert "E065" in ids(each_of_ours())


@pytest.mark.parametrize(
    ("ours", "django", "told"),
    [
        ("", "UTC", ["W092"]),
        ("UTC", "America/Toronto", ["W092"]),
        ("", "Etc/GMT", ["W092"]),
        ("America/Vancouver", "UTC", []),
        ("", "America/Toronto", []),
        ("Mars/Olympus", "UTC", []),
    ],
)
def test_a_shop_whose_day_is_that_of_utc_is_named(ours: str, django: str, told: list[str], settings: Any) -> None:
    settings.TIME_ZONE = django
    with d2po(TIME_ZONE=ours):
        messages = clocks.check_shop_day()
    assert ids(messages) == told
    assert all('["TIME_ZONE"] = "America/Toronto"' in words(message) for message in messages)


@pytest.fixture
def old_machine(tmp_path: Path) -> Iterator[Path]:
    """Read time zones from a machine on which Toronto keeps the time of Panama, which has no summer's; return it."""
    zones = resources.files("tzdata.zoneinfo.America")
    (tmp_path / "America").mkdir()
    (tmp_path / "America" / "Toronto").write_bytes((zones / "Panama").read_bytes())
    (tmp_path / "tzdata.zi").write_text("# version 2001a\n", encoding="utf-8")
    zoneinfo.reset_tzpath([tmp_path / "none", tmp_path])
    zoneinfo.ZoneInfo.clear_cache()
    yield tmp_path
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()


def test_time_zones_that_are_older_than_the_package_are_named(old_machine: Path) -> None:
    assert_told(clocks.check_zone_data(), "W093", ": America/Toronto will", "PYTHONTZPATH")


def test_a_machine_that_does_not_tell_its_version_is_compared_too(old_machine: Path) -> None:
    (old_machine / "tzdata.zi").unlink()
    assert ids(clocks.check_zone_data()) == ["W093"]


def test_a_machine_that_is_newer_than_the_package_is_right(old_machine: Path) -> None:
    (old_machine / "tzdata.zi").write_text(f"# version {tzdata.IANA_VERSION}\n", encoding="utf-8")
    assert clocks.check_zone_data() == []


def test_nothing_is_said_where_the_clocks_agree() -> None:
    assert clocks.check_zone_data() == []
