"""What a newcomer copies out of README and guide works: settings, adapter, the emulator's credentials."""

import re
import runpy
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.test import override_settings

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost.constraints import check_parcel, check_sender
from deliver_to_po.checks import carrier, shape, surroundings
from deliver_to_po.checks.adapter import REQUIRED_METHODS
from deliver_to_po.emulator.config import EmulatorConfig

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "how-to" / "add-to-your-shop.md"
BLOCK = re.compile(r"^( *)```python\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


def block_with(page: Path, text: str) -> str:
    """Return the first block of Python on ``page`` that has ``text``."""
    return next(
        dedent(code) for _indent, code in BLOCK.findall(page.read_text(encoding="utf-8")) if text in dedent(code)
    )


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a block of code, with some names known to it, and returns the names that it makes."""

    def run_block(code: str, **names: Any) -> dict[str, Any]:
        file = tmp_path / "copied.py"
        file.write_text(code, encoding="utf-8")
        return runpy.run_path(str(file), init_globals=names)

    return run_block


@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda page: page.name)
def test_every_block_of_python_can_be_read_by_python(page: Path) -> None:
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert blocks
    for _indent, code in blocks:
        # README's calls stand in the middle of a view.
        compile("def view():\n" + "".join(f"  {line}\n" for line in dedent(code).splitlines()), page.name, "exec")


@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda page: page.name)
def test_the_settings_to_copy_need_nothing_but_the_accounts_own_values(
    page: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANADA_POST_CUSTOMER_NUMBER", "0001234567")
    monkeypatch.setenv("CANADA_POST_CONTRACT_ID", "0040000000")
    made = run(block_with(page, "DELIVER_TO_PO = {"), BASE_DIR=Path("/srv/shop"))
    assert {"default", "staticfiles", "deliver_to_po"} == set(made["STORAGES"])
    names = ("DELIVER_TO_PO", "LEAFLET_CONFIG", "STORAGES", "MIDDLEWARE")
    values = {
        name: [entry for entry in made[name] if entry is not ...] if name == "MIDDLEWARE" else made[name]
        for name in names
    }
    with override_settings(**values):
        assert shape.check_settings() == []
        assert {str(message.msg) for message in carrier.check_canada_post()} == {
            f'DELIVER_TO_PO["CANADA_POST"]["{key}"] is empty.' for key in ("CLIENT_ID", "CLIENT_SECRET")
        }
        for check in (surroundings.check_label_storage, surroundings.check_map_tiles, surroundings.check_middleware):
            assert check() == []


@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda page: page.name)
def test_the_emulator_knows_the_customer_that_is_to_be_copied(page: Path, run: Run) -> None:
    written = run(block_with(page, '"emulator-secret"'), DELIVER_TO_PO={})["DELIVER_TO_PO"]["CANADA_POST"]
    known = EmulatorConfig()
    for key in ("client_id", "client_secret", "customer_number", "contract_id"):
        assert written[key.upper()] == getattr(known, key)
    with override_settings(DELIVER_TO_PO={"CANADA_POST": written}):
        assert carrier.check_canada_post() == []


def test_the_adapter_to_copy_is_whole_and_keeps_canada_posts_rules(run: Run) -> None:
    adapter = run(block_with(GUIDE, "class ShopAdapter"))["ShopAdapter"]
    assert set(REQUIRED_METHODS) <= set(vars(adapter))
    parcels = adapter().parcels(SimpleNamespace())
    assert [list(check_parcel(parcel)) for parcel in parcels] == [[]]
    assert isinstance(parcels[0].weight_kg, Decimal)
    assert list(check_sender(adapter().ship_from(SimpleNamespace()))) == []


def test_the_adapter_to_copy_takes_guests(run: Run) -> None:
    adapter = run(block_with(GUIDE, "class ShopAdapter"))["ShopAdapter"]()
    request = HttpRequest()
    request.user = AnonymousUser()
    assert adapter.recipient(request) == RecipientSuggestion()
    request.user = User(first_name="Marie", last_name="Côté", email="marie@example.com")
    assert adapter.recipient(request) == RecipientSuggestion(name="Marie Côté", email="marie@example.com")
