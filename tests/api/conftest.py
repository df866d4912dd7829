"""The example shop with its goods, and the post offices that a program has just been shown."""

import pytest
from django.core.management import call_command


@pytest.fixture
def offered(offered: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the ids of post offices near K1A 0B1, in a shop that has something to sell."""
    call_command("seed")
    assert capsys.readouterr().out
    return offered
