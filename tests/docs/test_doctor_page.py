"""The page about the doctor shows what the doctor says."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Heartbeat
from deliver_to_po.models.due import SWEEP

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "ask-the-doctor.md").read_text(encoding="utf-8")
[HEALTHY] = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
# What differs from one run to the next, and with the services that there are.
OF_THE_MOMENT = re.compile(r"(?<=last looked for ).*|(?<=Prices: ).*|(?<=answers, in )[\d.]+")


@pytest.mark.django_db
def test_it_says_of_a_shop_that_is_tried_out_what_the_page_shows(emulator: EmulatorServer) -> None:
    Heartbeat.objects.create(name=SWEEP, beat_at=timezone.now())
    out = StringIO()
    call_command("d2po_doctor", "--near", "H2X 1Y4", stdout=out, no_color=True)
    assert OF_THE_MOMENT.sub("…", out.getvalue()) == OF_THE_MOMENT.sub("…", HEALTHY)
