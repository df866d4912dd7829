"""The page about the webhook: its settings pass every check, and it names every option and every answer."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from deliver_to_po.callbacks.views import NOT_TAKEN
from deliver_to_po.checks.handoff import check_shipping_systems
from deliver_to_po.checks.webhook import check_webhooks
from deliver_to_po.shipping.webhook import Webhook
from tests.shipping.parcel_receiver import SECRET

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "webhook-receiver.md").read_text(encoding="utf-8")


def test_the_settings_of_the_page_pass_every_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    [block] = re.findall(r"^ *```py\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    written: dict[str, Any] = {}
    exec("if True:\n" + block, {"os": os}, written)  # noqa: S102 - it is our own page
    with override_settings(DELIVER_TO_PO=written["DELIVER_TO_PO"]):
        assert check_webhooks() + check_shipping_systems() == []


@pytest.mark.parametrize("option", Webhook.option_names)
def test_the_page_has_a_row_for_the_option(option: str) -> None:
    assert f"\n| `{option}` | " in PAGE


@pytest.mark.parametrize("status", sorted({status for status, *_ in NOT_TAKEN.values()}))
def test_the_page_has_a_row_for_the_answer(status: int) -> None:
    assert f"\n| {status} | " in PAGE
