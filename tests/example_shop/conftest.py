"""A buyer who clicks through a filled shop, with Canada Post's emulator over HTTP."""

from typing import Any

import pytest
from django.core.management import call_command

from deliver_to_po.emulator.server import EmulatorServer
from tests.example_shop.buyer import Buyer


@pytest.fixture
def buyer(db: None, emulator: EmulatorServer, change_settings: Any, capsys: pytest.CaptureFixture[str]) -> Buyer:
    """Return somebody with a blanket in the basket."""
    config = emulator.config
    change_settings(
        BASE_TEMPLATE="shop/base.html",
        CANADA_POST={
            "CLIENT_ID": config.client_id,
            "CLIENT_SECRET": config.client_secret,
            "CUSTOMER_NUMBER": config.customer_number,
            "CONTRACT_ID": config.contract_id,
        },
    )
    call_command("seed")
    assert "merchant" in capsys.readouterr().out
    buyer = Buyer()
    buyer.put_into_basket("wool-blanket")
    return buyer
