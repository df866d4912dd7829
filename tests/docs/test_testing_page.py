"""The pages about testing a checkout name whatever the dummy and the emulator have."""

from pathlib import Path

from deliver_to_po.emulator.controls.faults import NAMED_FAULTS
from deliver_to_po.shipping.dummy import DummyShipping

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "how-to" / "test-your-checkout.md").read_text(encoding="utf-8")
REFERENCE = (DOCS / "reference" / "testing.md").read_text(encoding="utf-8")


def test_every_call_of_the_dummy_is_told() -> None:
    calls = {name for name in vars(DummyShipping) if name.startswith("will_")}
    assert calls
    assert {name for name in calls if f"`{name}`" not in GUIDE or f" {name}" not in REFERENCE} == set()


def test_every_fault_is_told() -> None:
    assert {name for name in NAMED_FAULTS if f"`{name}`" not in GUIDE} == set()
