"""The example shop with its goods, and the post offices that a program has just been shown."""

import pytest
from django.core.management import call_command

from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offices.finder import find


@pytest.fixture
def offered(db: None, emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the ids of post offices near K1A 0B1, in a shop that has something to sell."""
    call_command("seed")
    assert capsys.readouterr().out
    return [office.office_id for office in find(NearPostalCode("K1A0B1"), "en").offices]
