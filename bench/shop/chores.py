"""What falls due beside a backlog, one of each: a draft that expires, a lost release, a notice, an old recipient."""

import time
from collections.abc import Mapping
from datetime import timedelta
from threading import Thread

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from bench.shop.parcels import delivery_at, make_order, some_offices
from deliver_to_po.core.choices import Change, DeliveryState, NoticeKind, NoticeOutcome, Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Delivery, Notice, Shipment
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.notices.occasions import write_notices
from example_shop.models import Order

# How long the work has gone on when they fall due.
AFTER_SECONDS = 20
A_DAY = timedelta(days=1)


class Chores:
    """One of each; none is due before ``watch`` lets them be."""

    def __init__(self) -> None:
        now, [office] = timezone.now(), some_offices(1)
        self._draft = Delivery.objects.create(expires_at=now + A_DAY, recipient_name="Zoé Côté")
        self._unpaid = delivery_at(make_order(), office)
        asked = delivery_at(make_order(paid_at=now), office)
        move_delivery(asked, Change.NEED_CHOICE, reason=Reason.OFFICE_NO_LONGER)
        write_notices()
        Notice.objects.update(due_at=now + A_DAY)
        kept_until = now - app_settings.recipient_lifetime + A_DAY
        self._old = delivery_at(make_order(paid_at=now), office, state=DeliveryState.CANCELLED)
        Delivery.objects.filter(pk=self._old.pk).update(placed_at=kept_until)
        self.waited: dict[str, float] = {}
        self._watch = Thread()

    def watch(self, *, fall_due: bool) -> None:
        """Look each second what is done, until all labels are; with ``fall_due`` the others fall due after a while."""
        self._watch = Thread(target=self._look, args=(fall_due,), daemon=True)
        self._watch.start()

    def is_watched(self) -> bool:
        """Say whether a label, or one of them that is due, is still waited for."""
        return self._watch.is_alive()

    def _look(self, fall_due: bool) -> None:
        time.sleep(AFTER_SECONDS)
        if fall_due:
            self._become_due()
        began = time.perf_counter()
        left = {"labels"}
        while left:
            time.sleep(1)
            left = {name for name, rows in self._left().items() if rows.exists()}
            for name in self._left().keys() - left - self.waited.keys():
                self.waited[name] = time.perf_counter() - began
            if Shipment.objects.filter(labelled_at=None).exists():
                left.add("labels")
            elif not fall_due:
                break
        connection.close()

    def _become_due(self) -> None:
        now = timezone.now()
        Delivery.objects.filter(pk=self._draft.pk).update(expires_at=now)
        Order.objects.filter(d2po_deliveries=self._unpaid).update(paid_at=now)
        Notice.objects.filter(kind=NoticeKind.CHOOSE).update(due_at=now)
        Delivery.objects.filter(pk=self._old.pk).update(placed_at=now - app_settings.recipient_lifetime)

    def _left(self) -> Mapping[str, QuerySet[Delivery] | QuerySet[Notice]]:
        """Return the rows of each that are still to be done."""
        deliveries = Delivery.objects.order_by()
        return {
            "expired draft": deliveries.filter(pk=self._draft.pk),
            "lost release": deliveries.filter(pk=self._unpaid.pk, state=DeliveryState.PLACED),
            "notice": Notice.objects.filter(kind=NoticeKind.CHOOSE, outcome=NoticeOutcome.TO_SEND),
            "old recipient": deliveries.filter(pk=self._old.pk, erased_at=None),
        }
