"""Prints constraints.txt with each dependency of the package at the lowest version that pyproject.toml allows."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOWEST = re.compile(r"([A-Za-z0-9-]+)>=([0-9.]+)")


def floors() -> Iterator[tuple[str, str]]:
    """Yield each dependency, those of extras too, with its lowest version; raises ValueError for one without."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in (*project["dependencies"], *sum(project["optional-dependencies"].values(), [])):
        if not (match := LOWEST.match(requirement)):
            raise ValueError(f"{requirement} has no lowest version")
        yield match[1], match[2]


if __name__ == "__main__":
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split() if "==" in line)
    print(*(f"{name}=={version}" for name, version in {**pins, **dict(floors())}.items()), sep="\n")
