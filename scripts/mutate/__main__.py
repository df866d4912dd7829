"""Breaks the code of rooms in small ways, one at a time, and says which of them no test notices.

    python -m scripts.mutate deliver_to_po/outbox deliver_to_po/privacy --sample 25

Works on a copy, so the checkout stays as it is. A room is a folder or a module. The quick tests of all rooms run once
with nothing broken; then each mutant meets those that ran its line, first those of its module's name
(handoff/sending/asking.py has tests/handoff/sending/test_asking.py). The same seed gives the same sample of a room,
whatever other rooms are named. `--also tests` lets all quick tests judge.
Look at each survivor: either a test is missing, or the change changes nothing that matters.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from scripts.mutate.laboratory import Laboratory
from scripts.mutate.mutants import Mutant, members_of_choices, mutants_of

ROOT = Path(__file__).resolve().parent.parent.parent
CHOICES = Path("deliver_to_po", "core", "choices")


def mutants_in(root: Path, room: Path) -> list[Mutant]:
    """Return every mutant of a folder or module, paths relative to the root."""
    members = members_of_choices("\n".join(path.read_text(encoding="utf-8") for path in (root / CHOICES).glob("*.py")))
    paths = sorted((root / room).rglob("*.py")) or [root / room]
    return [
        mutant
        for path in paths
        if "migrations" not in path.parts
        for mutant in mutants_of(path.relative_to(root), path.read_text(encoding="utf-8"), members)
    ]


def sample_of(found: Sequence[Mutant], room: Path, size: int, seed: int) -> list[Mutant]:
    """Return that many of the mutants, all for 0."""
    return random.Random(f"{seed} {room}").sample(found, min(size or len(found), len(found)))  # noqa: S311


def try_rooms(laboratory: Laboratory, samples: Mapping[Path, Sequence[Mutant]], also: Sequence[str]) -> bool:
    """Watch the tests of all rooms once, try each mutant and say how it went; return whether that could be done."""
    mutants = chain.from_iterable(samples.values())
    needed = sorted({*also, *chain.from_iterable(laboratory.tests_of(mutant.path) for mutant in mutants)})
    if not needed or (fails := laboratory.watch(needed)):
        print(f"{fails} fails while nothing is broken" if needed else "There are no tests")
        return False
    for room, sample in samples.items():
        survivors = sum(not _tried(laboratory, mutant) for mutant in sample)
        killed = len(sample) - survivors
        print(f"{room}: {killed} killed, {survivors} survived ({100 * killed / len(sample):.0f} %)\n", flush=True)
    return True


def _tried(laboratory: Laboratory, mutant: Mutant) -> bool:
    began = time.monotonic()
    noticed = laboratory.noticed_by(mutant)
    word = "killed  " if noticed else "SURVIVED"
    took = time.monotonic() - began
    print(f"{word} {took:5.1f} s  {mutant.path}:{mutant.old.lineno}  {noticed or mutant}", flush=True)
    return bool(noticed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="+", type=Path, help="folders or modules of the package")
    parser.add_argument("--sample", type=int, default=25, help="how many mutants of each room to try; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=300.0, help="a run of tests that takes longer has noticed")
    parser.add_argument("--also", nargs="+", default=[], help="more tests")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        laboratory = Laboratory(ROOT, Path(folder), chosen.seconds)
        samples = {}
        for room in chosen.rooms:
            found = mutants_in(laboratory.folder, room)
            samples[room] = sample_of(found, room, chosen.sample, chosen.seed)
            print(f"{room}: {len(samples[room])} of {len(found)} mutants", flush=True)
        return 0 if all(samples.values()) and try_rooms(laboratory, samples, chosen.also) else 2


if __name__ == "__main__":
    sys.exit(main())
