"""Whether what a notice says may still come to be so."""

from typing import Any

import pytest

from deliver_to_po.core.choices import NoticeKind, Scan
from deliver_to_po.models import Notice
from deliver_to_po.notices.about import may_come_to_be_so
from tests.notices.parcels import in_the_post, seen

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "hold_days", "waits"),
    [(NoticeKind.LAST_DAYS, None, True), (NoticeKind.LAST_DAYS, 15, False), (NoticeKind.FIFTH_DAY, None, False)],
)
def test_the_last_days_alone_wait_for_the_shop_to_say_how_long_parcels_are_held(
    change_settings: Any, kind: NoticeKind, hold_days: int | None, waits: bool
) -> None:
    change_settings(HOLD_DAYS=hold_days)
    shipment = in_the_post()
    seen(shipment, Scan.READY)
    notice = Notice(delivery=shipment.delivery, kind=kind, occasion=shipment.pk)
    assert may_come_to_be_so(notice) is waits
