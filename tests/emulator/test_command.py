"""``python -m deliver_to_po.emulator`` says what is wrong with what it was given."""

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
