"""``python -m deliver_to_po.emulator`` says what is wrong with what it was given."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from deliver_to_po.emulator.__main__ import main


@pytest.mark.parametrize("port", ["65536", "-1", "port"])
def test_a_port_that_there_is_none_of_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([f"--port={port}"])
    assert "argument --port: name one from 0 to 65535" in capsys.readouterr().err


def test_a_file_that_can_hold_no_state_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "missing" / "state.sqlite3"
    assert main(["--port=0", f"--data={file}"]) == 1
    assert f"--data {file}: unable to open" in capsys.readouterr().err


def test_the_shops_own_database_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(
            "CREATE TABLE django_migrations (id); CREATE TABLE event (id); INSERT INTO event VALUES (7)"
        )
    before = file.read_bytes()
    assert main(["--port=0", f"--data={file}"]) == 1
    assert "it is another program's database, with the table django_migrations" in capsys.readouterr().err
    assert file.read_bytes() == before
