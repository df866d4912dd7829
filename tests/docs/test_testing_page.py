"""The page about testing a checkout calls what there is."""

import re
import runpy
from pathlib import Path

from deliver_to_po import shipping
from deliver_to_po.shipping.dummy import DummyShipping

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "test-your-checkout.md"
SECTION = PAGE.read_text(encoding="utf-8").partition("## A shipping system that")[2].partition("\n## ")[0]


def test_every_call_to_the_dummy_works_as_it_is_written(tmp_path: Path) -> None:
    calls = re.findall(r"`((?:will_\w+|reset)\(.*?\))`", SECTION)
    file = tmp_path / "calls.py"
    file.write_text("".join(f"DummyShipping.{call}\n" for call in calls), encoding="utf-8")
    port = {name: getattr(shipping, name) for name in shipping.__all__}
    runpy.run_path(str(file), init_globals={**port, "DummyShipping": DummyShipping})
    DummyShipping.reset()
    told = {call.partition("(")[0] for call in calls}
    assert told == {name for name in vars(DummyShipping) if name.startswith("will_")} | {"reset"}
