"""``manage.py check`` names each missing or wrong setting, and the fix."""

import pytest

from tests.child import start_django
from tests.operations.checks import (
    test_adapter,
    test_carrier,
    test_handoff,
    test_mail,
    test_orders,
    test_shape,
    test_surroundings,
)
from tests.operations.checks.told import Row, all_of_ours, d2po, each_of_ours, ids

pytestmark = pytest.mark.order_model
MODULES = (test_adapter, test_carrier, test_handoff, test_mail, test_orders, test_shape, test_surroundings)
WRONG = [row for module in MODULES for row in module.WRONG]


@pytest.mark.parametrize("row", WRONG, ids=str)
def test_a_wrong_setting_is_named_with_its_fix(row: Row) -> None:
    row.assert_named()


def test_no_wrong_setting_makes_another_check_fail() -> None:
    for row in WRONG:
        with d2po(**row.changes):
            assert each_of_ours(), row


def test_the_suites_own_settings_are_right_but_for_background_work() -> None:
    assert ids(all_of_ours()) == ["W059"]


def test_django_starts_with_every_other_setting_missing_and_check_names_them() -> None:
    check = (
        "from django.core.checks import run_checks\n"
        "print(*sorted({m.id.partition('.')[2] for m in run_checks() if m.id.startswith('deliver_to_po')}))"
    )
    started = start_django(
        apps=("django.contrib.admin", "leaflet", "deliver_to_po"),
        then=check,
        DELIVER_TO_PO={"ORDER_MODEL": "orders_uuid.Purchas"},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    )
    assert started.returncode == 0, started.stderr
    assert started.stdout.split() == ["E011", "E020", "E030", "E050", "W056", "W057", "W058", "W059", "W068"]
