"""The page about running the hand-off tells every finding and option of ``d2po_health``, in its own words."""

import re

from deliver_to_po.management.commands.d2po_health import Command
from tests.docs.copied import HOW_TO, ROOT

PAGE = (HOW_TO / "run-the-hand-off.md").read_text(encoding="utf-8")
# Django's own, and those about how it is said.
NO_LIMITS = {"--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color"} | {
    "--force-color",
    "--skip-checks",
}


def test_every_option_is_told() -> None:
    parser = Command().create_parser("manage.py", "d2po_health")
    options = {string for action in parser._actions for string in action.option_strings if string.startswith("--")}
    assert {option for option in options - NO_LIMITS if f"`{option}" not in PAGE} == set()


def test_no_sweep_of_celerys_schedule_expires_for_a_worker_whose_clock_runs_ahead() -> None:
    [schedule] = re.findall(r"CELERY_BEAT_SCHEDULE = {.*?\n}", PAGE, re.DOTALL)
    assert "deliver_to_po.sweep" in schedule
    assert "expires" not in schedule


def test_every_finding_is_told() -> None:
    code = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "deliver_to_po" / "examination" / "health").glob("*.py")
    )
    names = set(re.findall(r'Finding\(\s*"(\w+)"', code))
    assert len(names) == 18
    assert {name for name in names if f"`{name}`" not in PAGE} == set()
