"""What the walks have found, as ``docs/reference/states.md`` draws it: from which state to which, and what leads there.

``reached.json`` beside this holds it, so that the page is written without a walk; a test holds it to the walks.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deliver_to_po.core.choices import DeliveryState
from tests.walk.events import By
from tests.walk.search import Step, Walked
from tests.walk.standing import Place

FILE = Path(__file__).with_name("reached.json")
# The page's words for whoever lets something happen.
TOLD = {By.ITSELF: "itself", By.CLERK: "clerk", By.SHOP: "shop", By.BUYER: "shop", By.FATE: "otherwise"}


def drawn(walks: Mapping[str, Walked], is_end: Callable[[Place], bool]) -> dict[str, Any]:
    """Return the counts of each walk, and the steps of all between states of deliveries and of shipments."""
    return {
        "walks": {
            name: {
                "states": len(walked.steps),
                "steps": walked.transitions,
                "ends": sum(map(is_end, walked.steps)),
            }
            for name, walked in walks.items()
        },
        "deliveries": _between(walks, _of_delivery),
        "shipments": _between(walks, lambda place: place.shipment),
    }


def _of_delivery(place: Place) -> str:
    """Return the state; what is to stop or is erased is told apart, since its state decides nothing any longer."""
    if place.stop_asked:
        return "to be cancelled"
    return "erased" if place.erased and place.delivery != DeliveryState.CANCELLED else place.delivery or "deleted"


def _between(walks: Mapping[str, Walked], state: Callable[[Place], str]) -> dict[str, dict[str, dict[str, list[str]]]]:
    found: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for walked in walks.values():
        for place, steps in walked.steps.items():
            for step in _that_lead_elsewhere(place, steps, state):
                found[state(place)][state(step.to)][TOLD[step.event.by]].add(step.event.name)
    return {
        str(source): {
            str(target): {who: sorted(names) for who, names in sorted(by.items())}
            for target, by in sorted(targets.items())
        }
        for source, targets in sorted(found.items())
    }


def _that_lead_elsewhere(place: Place, steps: list[Step], state: Callable[[Place], str]) -> list[Step]:
    return [step for step in steps if state(step.to) not in ("", state(place))]


def kept() -> Any:
    return json.loads(FILE.read_text(encoding="utf-8"))


def keep(found: Any) -> None:
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
