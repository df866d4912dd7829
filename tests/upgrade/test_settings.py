"""The settings of 0.1.0 are those of today."""

from typing import Any

import pytest
from django.core.checks import ERROR, run_checks

from tests.upgrade.settings_0_1_0 import DELIVER_TO_PO


@pytest.mark.django_db
def test_check_finds_no_error_in_the_settings_of_0_1_0(settings: Any) -> None:
    shops_own = {key: settings.DELIVER_TO_PO[key] for key in ("ORDER_MODEL", "ORDER_ADAPTER")}
    settings.DELIVER_TO_PO = {**DELIVER_TO_PO, **shops_own}
    assert [str(message) for message in run_checks() if message.level >= ERROR] == []
