"""What doctor and health found stands on the desk until it is mended."""

from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import translation

from deliver_to_po.examination.troubles import DOCTOR, SHOP, remember, troubles
from deliver_to_po.outbox.sweep import Sweep

pytestmark = pytest.mark.django_db


def codes() -> list[str]:
    return [code for _says, code in troubles()]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def test_each_examination_lets_go_of_what_it_no_longer_finds() -> None:
    Sweep().round()
    remember(DOCTOR, ["deliver_to_po.E051", "Connection"])
    remember(SHOP, ["answer_twice", "Checkout"])
    assert codes() == ["Connection", "deliver_to_po.E051", "Checkout", "answer_twice"]
    remember(SHOP, ["answer_twice"])
    assert codes() == ["Connection", "deliver_to_po.E051", "answer_twice"]
    # Nothing was asked about it.
    remember(DOCTOR, [], ["Connection"])
    assert codes() == ["Connection", "answer_twice"]
    remember(DOCTOR, [])
    with translation.override("fr"):
        assert list(troubles()) == [
            (
                "Un paiement dont la réponse arrive deux fois donne deux commandes, ou la deuxième réponse est refusée",
                "answer_twice",
            )
        ]


def test_what_the_shops_tests_found_stays_while_they_cannot_run(change_settings: Any) -> None:
    Sweep().round()
    remember(SHOP, ["answer_twice"])
    change_settings(CHECKOUT_TESTS="")
    call_command("d2po_doctor", shop=True, stdout=StringIO())
    assert codes() == ["answer_twice"]


def test_what_health_finds_just_now_is_told_for_a_minute() -> None:
    assert [told for told in troubles() if told[1] == "sweep"] == [("nobody has looked for due parcels yet", "sweep")]
    Sweep().round()
    assert "sweep" in codes()
    cache.clear()
    assert codes() == []
