"""A process that gets ready, waits for a line of its input, works, and says what it did as JSON."""

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import requests

TIMEOUT_SECONDS = 10
# These only begin and end a transaction.
TRANSACTIONS_OWN = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def hand_off() -> dict[str, int]:
    """Do whatever is due, as the command does; return how many steps and how many statements."""
    from django.db import connection

    from deliver_to_po.outbox.sweep import Sweep

    statements = Counter[str]()

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements[sql.split(maxsplit=1)[0]] += 1
        return execute(sql, *rest)

    connection.ensure_connection()
    sweep = Sweep()
    _wait()
    with connection.execute_wrapper(count):
        swept = sweep.round()
    return {
        "done": swept.steps["shipments"],
        "statements": sum(number for verb, number in statements.items() if verb not in TRANSACTIONS_OWN),
    }


def call_bare(file: str, turn: int, of: int) -> dict[str, int]:
    """Make the same calls with nothing around them: create the shipment, fetch its label."""
    told = json.loads(Path(file).read_text(encoding="utf-8"))
    session = requests.Session()
    session.headers.update(told["headers"])
    bodies = told["bodies"][turn::of]
    _wait()
    for body in bodies:
        made = session.post(told["url"], json=body, timeout=TIMEOUT_SECONDS)
        assert made.ok, made.text
        [label] = [link["href"] for link in made.json()["links"] if link["rel"] == "label"]
        answer = session.get(label, headers={"Accept": "application/pdf"}, timeout=TIMEOUT_SECONDS)
        assert answer.content.startswith(b"%PDF")
    return {"done": len(bodies)}


def seek_next(times: int) -> dict[str, float]:
    """Return the median seconds of finding and claiming what is due next."""
    from deliver_to_po.handoff.queue import SHIPMENTS
    from deliver_to_po.outbox.claiming import claim_next

    seconds = []
    _wait()
    for _ in range(times):
        began = time.perf_counter()
        assert claim_next(SHIPMENTS) is not None
        seconds.append(time.perf_counter() - began)
    return {"seconds": statistics.median(seconds)}


def _wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


WAYS: dict[str, Callable[..., Any]] = {
    "ours": hand_off,
    "bare": lambda file, turn, of: call_bare(file, int(turn), int(of)),
    "next": lambda times: seek_next(int(times)),
}

if __name__ == "__main__":
    django.setup()
    way, *arguments = sys.argv[1:]
    print(json.dumps(WAYS[way](*arguments)), flush=True)
