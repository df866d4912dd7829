"""What the doctor says of the storage that labels lie in: it leaves nothing there."""

import errno
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.examination.doctor.storage import storage


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Let labels lie in a folder of this test, in which one lies already."""
    options = {"location": str(tmp_path)}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "deliver_to_po": backend}
    (tmp_path / "doctor.txt").write_text("kept")
    return tmp_path


def test_a_storage_that_takes_a_file_and_lets_it_go_is_right(folder: Path) -> None:
    assert storage().verdict == Verdict.OK
    assert [path.read_text() for path in folder.iterdir()] == ["kept"]


def test_a_folder_that_is_not_there_yet_is_left_for_the_workers_to_make(folder: Path, settings: Any) -> None:
    options = {"location": str(folder / "private" / "labels")}
    backend = {**settings.STORAGES["deliver_to_po"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "deliver_to_po": backend}
    assert storage().verdict == Verdict.OK
    assert [path.name for path in folder.iterdir()] == ["doctor.txt"]


@pytest.mark.parametrize("method", ["_save", "_open", "delete"])
@pytest.mark.parametrize(
    ("error", "why"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/srv/labels"), "Permission denied"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (ConnectionError("s3cret"), "ConnectionError"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_storage_that_fails_is_told_with_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, method: str, error: Exception, why: str
) -> None:
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(FileSystemStorage, method, fail)
    finding = storage()
    assert (finding.verdict, finding.says.partition(": ")[2]) == (Verdict.WRONG, why)
    assert "storage “deliver_to_po”" in finding.todo
    assert method == "delete" or [path.read_text() for path in folder.iterdir()] == ["kept"]
