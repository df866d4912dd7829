"""What ``make test`` says about how much of the package ran."""

from typing import Any

from scripts.test import coverage_by_room


def ran(lines: int, of_lines: int, branches: int = 0, of_branches: int = 0) -> dict[str, Any]:
    """Return what coverage reports of one file."""
    return {
        "summary": {
            "covered_lines": lines,
            "num_statements": of_lines,
            "covered_branches": branches,
            "num_branches": of_branches,
        }
    }


def test_files_of_a_room_make_one_line_that_counts_lines_and_branches_and_all_make_the_last() -> None:
    lines = coverage_by_room(
        {
            "deliver_to_po/offices/finder.py": ran(6, 6, 1, 2),
            "deliver_to_po/offices/turns/lock.py": ran(2, 2),
            "deliver_to_po/core/conf.py": ran(5, 10),
            "deliver_to_po/__init__.py": ran(0, 0),
        }
    )
    assert [line.split() for line in lines] == [["core", "50.0%"], ["offices", "90.0%"], ["total", "70.0%"]]
