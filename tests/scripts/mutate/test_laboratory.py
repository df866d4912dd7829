"""The breaker of code: which tests meet a mutant, and that it tells noticed from not noticed."""

from pathlib import Path

import pytest

from scripts.mutate import witness
from scripts.mutate.__main__ import mutants_in, sample_of, try_rooms
from scripts.mutate.laboratory import Laboratory

ROOM = Path("house", "room")
FILES = {
    "house/room/closet/larger.py": "def larger(a, b):\n    return a if a > b else b\n",
    "house/room/unused.py": "UNUSED = 1\n",
    "house/room/migrations/first.py": "FIRST = 1\n",
    "house/tested.py": "TESTED = 1\n",
    "house/untested.py": "UNTESTED = 1\n",
    "tests/room/closet/test_larger.py": (
        "from house.room.closet.larger import larger\n"
        "def test_it():\n    assert (larger(1, 2), larger(2, 1)) == (2, 2)\n"
    ),
    "tests/room/test_loaded.py": (
        "from house.room import unused\ndef test_it():\n    assert unused.UNUSED or unused.__file__\n"
    ),
    "tests/test_tested.py": "def test_it():\n    assert False\n",
    "scripts/__init__.py": "",
    "scripts/mutate/__init__.py": "",
    "scripts/mutate/witness.py": Path(witness.__file__).read_text(encoding="utf-8"),
    ".git/HEAD": "",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "root"


@pytest.fixture
def laboratory(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laboratory:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:django -p no:playwright")
    return Laboratory(root, tmp_path / "copy", seconds=60)


def test_a_module_has_the_tests_of_its_name_and_then_those_of_its_room(laboratory: Laboratory) -> None:
    tests_of = laboratory.tests_of
    assert tests_of(ROOM / "closet" / "larger.py") == ("tests/room/closet/test_larger.py", "tests/room")
    assert tests_of(ROOM / "unused.py") == ("tests/room",)
    assert tests_of(Path("house/tested.py")) == ("tests/test_tested.py",)
    assert tests_of(Path("house/untested.py")) == ()


def test_a_room_is_sampled_the_same_whatever_else_is(root: Path) -> None:
    found = mutants_in(root, ROOM)
    assert {mutant.path.name for mutant in found} == {"larger.py", "unused.py"}
    assert sample_of(found, ROOM, 3, seed=7) == sample_of(found, ROOM, 3, seed=7)
    assert len(sample_of(found, ROOM, 3, seed=7)) == 3
    assert len(sample_of(found, ROOM, 0, seed=7)) == len(found)


@pytest.mark.slow
def test_it_says_who_notices_each_change_and_which_nobody_notices(
    root: Path, laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    assert try_rooms(laboratory, {ROOM: mutants_in(root, ROOM)}, [])
    own = "tests/room/closet/test_larger.py::test_it"
    *tried, total, _ = capsys.readouterr().out.splitlines()
    assert [f"{line.split()[0]} {line.split(':', 1)[1]}" for line in tried] == [
        f"killed 2  {own}",
        f"killed 2  {own}",
        "SURVIVED 2  - return a if a > b else b  + return a if a >= b else b",
        "SURVIVED 1  - UNUSED = 1  + UNUSED = 2",
    ]
    assert total == f"{ROOM}: 2 killed, 2 survived (50 %)"
    assert (laboratory.folder / ROOM / "unused.py").read_text() == FILES["house/room/unused.py"]


@pytest.mark.slow
def test_nothing_is_tried_where_tests_fail_already(
    root: Path, laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    room = Path("house/tested.py")
    assert not try_rooms(laboratory, {room: mutants_in(root, room)}, [])
    assert capsys.readouterr().out == "tests/test_tested.py::test_it fails while nothing is broken\n"


def test_a_run_that_takes_too_long_has_noticed(laboratory: Laboratory) -> None:
    laboratory.seconds = 0.01
    assert laboratory.watch(["tests/room"]) == "more than 0.1 s"


def test_the_checkout_s_own_files_are_no_part_of_the_copy(laboratory: Laboratory) -> None:
    assert (laboratory.folder / ROOM).is_dir()
    assert not (laboratory.folder / ".git").exists()
