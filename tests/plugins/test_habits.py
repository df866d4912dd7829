"""The suite's own habits: what a skip, a missing browser and a missing service do to a run."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ("-p", "tests.plugins.browser", "-p", "tests.plugins.forbid_skips", "-p", "tests.plugins.selection")


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a pytester whose runs have our plugins and no environment of CI's."""
    for variable in ("FORBID_SKIPS", "TEST_ORDER_KEY", "DJANGO_SETTINGS_MODULE", "CHROMIUM", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # Each run would import everybody's plugins again.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\nmarkers =\n    browser\n    order_model\n    postgresql\n    services(*variables)\n")
    return pytester


def outcome_of(run: pytest.Pytester) -> dict[str, int]:
    """Return the closing line of a run as numbers."""
    return run.runpytest_inprocess(*PLUGINS).parseoutcomes()


SKIPS = "import pytest\ndef test_a():\n    pytest.skip('no such service')\n"
SKIPS_AS_A_WHOLE = "import pytest\npytest.skip('no such library', allow_module_level=True)\n"


def test_a_skip_fails_where_skips_are_forbidden(run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORBID_SKIPS", "1")
    run.makepyfile(SKIPS)
    assert outcome_of(run) == {"failed": 1}


def test_a_skipped_module_fails_where_skips_are_forbidden(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORBID_SKIPS", "1")
    run.makepyfile(SKIPS_AS_A_WHOLE)
    assert "error" in " ".join(outcome_of(run))


def test_a_test_whose_service_is_not_named_is_deselected_even_where_skips_are_forbidden(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORBID_SKIPS", "1")
    monkeypatch.delenv("BROKER_URL", raising=False)
    run.makepyfile("import pytest\n@pytest.mark.services('BROKER_URL')\ndef test_a(): pass\ndef test_b(): pass\n")
    assert outcome_of(run) == {"passed": 1, "deselected": 1}


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("postgres://postgres@127.0.0.1/shop", {"passed": 2}),
        ("postgresql://postgres@127.0.0.1/shop", {"passed": 2}),
        ("mysql://root@127.0.0.1/shop", {"passed": 1, "deselected": 1}),
        ("", {"passed": 1, "deselected": 1}),
    ],
)
def test_a_test_that_asks_postgresql_about_its_locks_is_deselected_on_another_database(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, url: str, outcome: dict[str, int]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    run.makepyfile("import pytest\n@pytest.mark.postgresql\ndef test_a(): pass\ndef test_b(): pass\n")
    assert outcome_of(run) == outcome


def test_a_browser_test_without_browser_says_how_to_get_one(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    run.makepyfile("import pytest\n@pytest.mark.browser\ndef test_a(): pass\n")
    result = run.runpytest_inprocess(*PLUGINS, "-rs")
    result.stdout.fnmatch_lines(["*no Chromium or Chrome was found: install one*"])


def test_the_run_with_uuid_keys_leaves_out_files_that_do_not_ask_for_it(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_ORDER_KEY", "uuid")
    run.makepyfile(
        test_asks="import pytest\n@pytest.mark.order_model\ndef test_a(): pass\n", test_other="import no_such_shop\n"
    )
    assert outcome_of(run) == {"passed": 1}


@pytest.mark.slow
def test_a_test_that_hangs_ends_the_run_and_a_slow_one_may_take_longer(run: pytest.Pytester) -> None:
    run.makeini("[pytest]\nmarkers =\n    slow\n    browser\ntimeout = 0.5\ntimeout_method = thread\n")
    takes_a_second = "import threading\n    threading.Event().wait(1)\n"
    run.makepyfile(
        f"import pytest\n@pytest.mark.slow\ndef test_slow():\n    {takes_a_second}"
        f"def test_hangs():\n    {takes_a_second}"
        "def test_next(): pass\n"
    )
    result = run.runpytest_subprocess("-p", "pytest_timeout", "-p", "tests.plugins.patience", "-v")
    result.stdout.fnmatch_lines(["*::test_slow PASSED*", "*::test_hangs *"])
    result.stdout.no_fnmatch_line("*::test_next*")
