"""A backlog of labels: what else falls due meanwhile waits for none of it, and costs it nothing."""

from collections.abc import Iterator
from contextlib import ExitStack

from bench.contest import Row
from bench.handing_off import MINUTE, in_shop, time_in_shops
from bench.shop.running import running

LABELS, OFFICES = 2_000, 60
CHORES = 4
# What it may take from being due to being done.
PATIENCE_SECONDS = 120


def beside_a_backlog() -> Iterator[Row]:
    """Work off two backlogs side by side, so that both have the same machine; in one of them chores fall due."""
    with ExitStack() as stack:
        shops = [stack.enter_context(running()) for _ in range(2)]
        for shop in shops:
            in_shop(shop, f"from bench.shop.parcels import release_orders; release_orders({LABELS}, {OFFICES})")
        _, [ours, theirs] = time_in_shops(list(zip(shops, [["backlog", "due"], ["backlog", "not yet"]], strict=True)))
    assert min(ours["done"], theirs["done"]) >= LABELS, (ours, theirs)
    assert len(ours["waited"]) == CHORES, ours
    rate, bare = (told["done"] / told["seconds"] * MINUTE for told in (ours, theirs))
    chores = "with a draft, a lost release, a notice and a recipient that fall due"
    yield Row(
        "backlog_rate", rate, rate / bare, f"the same {LABELS:,} labels without, {chores}", 0.95, "/min", at_least=True
    )
    slowest = max(ours["waited"], key=ours["waited"].__getitem__)
    waited = ours["waited"][slowest]
    yield Row("backlog_chores", waited, waited, f"being due, the last of them the {slowest}", PATIENCE_SECONDS, "s")
