"""The page about EST 2.0 and other programs: its code does what it says, and it names every option."""

import re
from pathlib import Path
from textwrap import indent
from types import SimpleNamespace
from typing import Any

from deliver_to_po.operations.checks.handoff import check_shipping_systems
from deliver_to_po.shipping.est import Est2File
from deliver_to_po.shipping.manual import Manual
from deliver_to_po.shipping.registry import shipping_system
from tests.docs.copied import HOW_TO, blocks_of, ran
from tests.factories import PARCEL
from tests.shipping.requests import asked

PAGE = HOW_TO / "other-shipping-systems.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_settings_make_two_systems_and_one_warning(tmp_path: Path, settings: Any) -> None:
    settings_block, _adapter = blocks_of(PAGE)
    written: dict[str, Any] = {}
    ran(tmp_path, settings_block.code, DELIVER_TO_PO=written)
    settings.DELIVER_TO_PO = {**settings.DELIVER_TO_PO, **written}
    assert [message.id for message in check_shipping_systems()] == ["deliver_to_po.W077"]
    assert shipping_system("default").name == "Parcel Desk"
    heading = shipping_system("default").export([asked()]).content.decode("utf-8-sig").splitlines()[0]
    assert heading == "Order,Depot,Name,Street,Street 2,City,Province,Postal code,Phone,E-mail,kg"


def test_the_adapter_decides_by_weight(tmp_path: Path) -> None:
    _settings, adapter = blocks_of(PAGE)
    code = "class Adapter:\n" + indent(adapter.code, "    ") + "\n    def parcels(self, order): return order.parcels\n"
    decides = ran(tmp_path, code)["Adapter"]().shipping_system
    assert decides(SimpleNamespace(parcels=[PARCEL])) == "default"
    assert decides(SimpleNamespace(parcels=[PARCEL] * 5)) == "est"


def test_every_option_is_on_the_page() -> None:
    for name in {**Manual.option_names, **Est2File.option_names}:
        assert re.search(rf"[`\"]{name}[`\"]", TEXT), name
