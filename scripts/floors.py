"""Prints constraints.txt with each dependency of the package at the lowest version that pyproject.toml allows."""

import re
import tomllib
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOWEST = re.compile(r"([A-Za-z0-9-]+)>=([0-9.]+)")


def floors() -> dict[str, str]:
    """Return the lowest version of each dependency, those of extras too; raises ValueError for one without."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    found = {requirement: LOWEST.match(requirement) for requirement in requirements}
    if unbounded := [requirement for requirement, match in found.items() if not match]:
        raise ValueError(f"without a lowest version: {', '.join(unbounded)}")
    return {match[1]: match[2] for match in found.values() if match}


def pins() -> dict[str, str]:
    """Return what constraints.txt names."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


if __name__ == "__main__":
    print(*(f"{name}=={version}" for name, version in {**pins(), **floors()}.items()), sep="\n")
