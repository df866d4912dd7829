"""A shop whose step is in pages of the app's own."""

from typing import Any

import pytest

from deliver_to_po.emulator.server import EmulatorServer
from tests.checkout.pages.stepping import StepAdapter, let_shop_be


@pytest.fixture
def shop(emulator: EmulatorServer, change_settings: Any, db: None) -> None:
    """Let the shop answer as StepAdapter, and Canada Post as the emulator."""
    let_shop_be(StepAdapter, change_settings)
