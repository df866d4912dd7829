"""The shipping system that the guide shows is whole: it passes what is asked of every one."""

import os
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from deliver_to_po.core.choices import Reason
from deliver_to_po.operations.checks.handoff import check_shipping_systems
from deliver_to_po.shipping import Answer, Made, NotYet, Refused, ShippingSystem, Unknown
from deliver_to_po.testing.shipping_systems import ShippingSystemTests
from tests.shipping.parcel_desk import KEY, PretendDesk
from tests.shipping.requests import asked

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "your-shipping-system.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
EXAMPLE = next(block for block in BLOCKS if "class ParcelDesk" in block)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> type[ShippingSystem]:
    """Return the class that the page shows."""
    file = tmp_path_factory.mktemp("shop") / "shipping.py"
    file.write_text(EXAMPLE, encoding="utf-8")
    made: type[ShippingSystem] = runpy.run_path(str(file))["ParcelDesk"]
    return made


@pytest.fixture(scope="module")
def pretended() -> Iterator[PretendDesk]:
    """Return a server that plays the made-up system."""
    server = PretendDesk()
    yield server
    server.stop()


@pytest.fixture
def desk(pretended: PretendDesk) -> PretendDesk:
    """Return that server with nothing in its memory."""
    pretended.forget_everything()
    return pretended


@pytest.fixture
def system(example: type[ShippingSystem], desk: PretendDesk) -> ShippingSystem:
    """Return the example, speaking to the server."""
    return example("default", {"URL": desk.url, "KEY": KEY})


class TestParcelDesk(ShippingSystemTests):
    @pytest.fixture(autouse=True)
    def _desk(self, desk: PretendDesk, example: type[ShippingSystem]) -> None:
        self.desk, self.example = desk, example

    def make_system(self) -> ShippingSystem:
        return self.example("conformance", {"URL": self.desk.url, "KEY": KEY})

    def lose_the_answer(self) -> None:
        self.desk.hang_up_after_the_next_parcel()


STATUSES = [
    (401, NotYet(reason=Reason.CREDENTIALS, status=401)),
    (403, NotYet(reason=Reason.NOT_ENTITLED, status=403)),
    (429, NotYet(reason=Reason.THROTTLED, status=429)),
    (503, NotYet(reason=Reason.UNAVAILABLE, status=503)),
    (409, Unknown(exists=True, status=409)),
    (422, Refused(status=422)),
    (500, Unknown(status=500)),
    (200, Unknown(status=200)),
]


@pytest.mark.parametrize(("status", "expected"), STATUSES)
def test_the_example_knows_what_an_answer_means(
    system: ShippingSystem, desk: PretendDesk, status: int, expected: Answer
) -> None:
    desk.answer_next(status)
    answer = system.create(asked())
    assert (type(answer), answer.status, answer.said) == (type(expected), expected.status, "Canary says no.")
    for flag in ("reason", "exists"):
        assert getattr(answer, flag, None) == getattr(expected, flag, None)


def test_the_example_does_not_know_the_outcome_when_the_connection_breaks(
    system: ShippingSystem, desk: PretendDesk
) -> None:
    desk.hang_up_after_the_next_parcel()
    assert system.create(asked()) == Unknown()
    assert len(desk.parcels) == 1


@pytest.mark.parametrize(("status", "found"), [(404, []), (500, NotYet(status=500)), (401, NotYet(status=401))])
def test_the_example_finds_nothing_only_when_it_is_told_so(
    system: ShippingSystem, desk: PretendDesk, status: int, found: object
) -> None:
    desk.answer_next(status)
    assert system.look_up(asked()) == found


def test_the_example_waits_for_a_label(system: ShippingSystem, desk: PretendDesk) -> None:
    made = system.create(asked())
    assert isinstance(made, Made)
    desk.answer_next(202)
    assert system.label(made) == NotYet(reason=Reason.LABEL_NOT_READY)


def test_the_example_is_short_and_imports_nothing_of_ours_but_the_port() -> None:
    assert len([line for line in EXAMPLE.splitlines() if line.strip()]) <= 50
    assert re.findall(r"^(?:from|import) (deliver_to_po.*)", EXAMPLE, re.MULTILINE) == [
        "deliver_to_po import shipping",
        "deliver_to_po.shipping import Found, Label, Made, NotYet, Reason, Refused, Unknown",
    ]


def test_the_settings_to_copy_pass_the_check(
    example: type[ShippingSystem], tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.py"
    file.write_text(next(block for block in BLOCKS if "SHIPPING_SYSTEMS" in block), encoding="utf-8")
    module = ModuleType("shop.shipping")
    monkeypatch.setattr(module, "ParcelDesk", example, raising=False)
    monkeypatch.setitem(sys.modules, "shop.shipping", module)
    copied = runpy.run_path(str(file), init_globals={"os": os, "DELIVER_TO_PO": {}})["DELIVER_TO_PO"]
    settings.DELIVER_TO_PO = {**settings.DELIVER_TO_PO, **copied}
    assert check_shipping_systems() == []
