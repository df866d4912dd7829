"""Workers that are killed in the middle of something."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from deliver_to_po.handoff.stored_files import write_file


class Killed(BaseException):
    """Ends the worker at once."""


def die(*_: Any, **__: Any) -> None:
    raise Killed


@contextmanager
def killed(place: Any, name: str, do: Callable[..., Any] = die) -> Iterator[None]:
    """Let whoever calls ``name`` of ``place`` within be killed there, or by what it is to ``do`` instead."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(place, name, do)
        with pytest.raises(Killed):
            yield


@contextmanager
def killed_at_the_file(module: Any, *, writes: bool = True) -> Iterator[list[str]]:
    """Let whoever writes a file within be killed, after it is written or before; the list gets the file's name."""
    names: list[str] = []

    def write_and_die(storage: Any, name: str, content: bytes) -> None:
        names.append(write_file(storage, name, content) if writes else name)
        raise Killed

    with killed(module, "write_file", write_and_die):
        yield names
