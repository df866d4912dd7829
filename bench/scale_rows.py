"""As many deliveries as a large shop has after a year, written by the database itself from one row of each kind."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.utils import timezone

from bench.places import patterns
from bench.shop.parcels import delivery_at, make_order
from deliver_to_po.core.choices import Change, DeliveryState, HandoffStep, Outcome, ShipmentState
from deliver_to_po.models import Attempt, Delivery, History, SearchKey, Shipment, Tracking
from deliver_to_po.models.parts import RECIPIENT_FIELDS
from example_shop.models import Order

DAYS = 400
# How many days old the deliveries are whose recipients are to be erased now; older ones are erased.
LIFETIME_DAYS = 180
# Rows that are to be erased, and that are due to be sent.
ERASABLE, DUE = 400, 1000
# Beyond any that the template rows take.
FIRST_KEY = 1_000_000
DELIVERY_ID = "md5('d' || i)::uuid"
REQUEST_ID = "md5('r' || i)"


def fill(wanted: int, due_rows: int = DUE) -> None:
    """Empty the tables and write ``wanted`` orders, each with a delivery, a shipment, three attempts and two lines.

    They are spread over DAYS, the newest first. One in a hundred of the last thirty days waits for payment, three in a
    thousand are on hold, one in a thousand needs a choice. ``due_rows`` are due to be sent, and as many labels are not
    printed; one recipient in twenty has the same surname.
    """
    _empty()
    with connection.cursor() as cursor:
        # The database does not look up foreign keys for each row; the rows satisfy them anyway.
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    delivery, shipment = _templates()
    age = f"(i * {DAYS}.0 / {wanted})"
    then = f"now() - {age} * interval '1 day'"
    old = f"{age} > {LIFETIME_DAYS} + {ERASABLE} * {DAYS}.0 / {wanted}"
    erased = {name: f"CASE WHEN {old} THEN '' ELSE t.{name} END" for name in RECIPIENT_FIELDS}
    erased["recipient_name"] = f"CASE WHEN {old} THEN '' ELSE 'Zoé Côté' || mod(i, 20) END"
    erased["recipient_email"] = f"CASE WHEN {old} THEN '' ELSE 'zoe' || i || '@example.com' END"
    state = (
        f"CASE WHEN {age} > 30 OR i <= {due_rows} THEN 'released' WHEN mod(i, 100) = 1 THEN 'placed'"
        " WHEN mod(i, 1000) IN (2, 3, 4) THEN 'held' WHEN mod(i, 1000) = 5 THEN 'needs_choice' ELSE 'released' END"
    )
    key = f"i + {FIRST_KEY}"
    order = delivery.order
    assert order is not None
    _copy(order, wanted, id=key, number="'B' || i", token=REQUEST_ID, checkout_token=REQUEST_ID, created_at=then)
    _copy(
        delivery, wanted, id=DELIVERY_ID, order_id=key, current_order_id=key, reference="'B' || i", state=state,
        created_at=then, expires_at=then, placed_at=then, release_asked_at=then, released_at=then,
        office_id="lpad((mod(i, 6000))::text, 10, '0')", office_check="'takes_parcels'",
        erased_at=f"CASE WHEN {old} THEN now() END", **erased,
    )  # fmt: skip
    due = f"i <= {due_rows}"
    _copy(
        shipment, wanted, id=key, delivery_id=DELIVERY_ID, request_id=REQUEST_ID, open_parcel="'p' || i",
        state=f"CASE WHEN {due} THEN 'waiting' ELSE 'labelled' END",
        due_at=f"CASE WHEN {due} THEN now() - i * interval '1 second' END",
        shipment_id=f"CASE WHEN {due} THEN '' ELSE 's' || i END",
        tracking_pin=f"CASE WHEN {due} THEN '' ELSE lpad(i::text, 16, '7') END",
        label=f"CASE WHEN {due} THEN '' ELSE md5('l' || i) || '.pdf' END",
        label_files=f"CASE WHEN {due} THEN '[]'::jsonb ELSE jsonb_build_array(md5('l' || i) || '.pdf') END",
        created_at=then, made_at=then, labelled_at=then, transmitted_at=f"CASE WHEN i > {due_rows} THEN {then} END",
        printed_at=f"CASE WHEN i > {2 * due_rows} THEN {then} END",
        **erased,
    )  # fmt: skip
    # So many are due to be asked about, however many are on their way.
    asked = f"i <= {4 * due_rows}"
    on_its_way = f"({age} < 8 OR {asked}) AND i > {due_rows}"
    _copy(
        shipment.tracking, wanted, id=key, shipment_id=key,
        state=f"CASE WHEN i <= {due_rows} THEN '' WHEN {on_its_way} AND mod(i, 2) = 0 THEN 'in_transit'"
        f" WHEN {on_its_way} THEN 'ready' ELSE 'collected' END",
        due_at=f"CASE WHEN {on_its_way} THEN now()"
        f" + CASE WHEN {asked} THEN -i ELSE mod(i, 360) END * interval '1 minute' END",
        ended_at=f"CASE WHEN {on_its_way} OR i <= {due_rows} THEN NULL ELSE {then} + interval '8 days' END",
        ready_on=f"CASE WHEN i <= {due_rows} THEN NULL ELSE ({then})::date + 3 END",
        created_at=then, answered_at=then, news_at=then,
    )  # fmt: skip
    for each in range(3):
        _copy(shipment.attempts.get(), wanted, id=f"i * 3 + {each} + {FIRST_KEY}", shipment_id=key, at=then)
    for each in range(2):
        _copy(delivery.history.get(), wanted, id=f"i * 2 + {each} + {FIRST_KEY}", delivery_id=DELIVERY_ID, at=then)
    _add_keys(wanted, old)
    _remove(delivery)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
        # What autovacuum does in a while.
        cursor.execute("VACUUM ANALYZE")


def _add_keys(wanted: int, erased: str) -> None:
    """Write by what each delivery is found, as ``keys_of`` makes it."""
    theirs = "'zoe', 'cote' || mod(i, 20), 'zoe' || i || '@example.com', '6135550199', 'k1k4t3'"
    ours = "'b' || i, 'ottawa', 'k2b7k0', 'counter', lpad((mod(i, 6000))::text, 10, '0')"
    keys = f"CASE WHEN {erased} THEN ARRAY[{ours}] ELSE ARRAY[{ours}, {theirs}] END"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {SearchKey._meta.db_table} (delivery_id, key)"  # noqa: S608
            f" SELECT {DELIVERY_ID}, unnest({keys}) FROM generate_series(1, %s) i",
            [wanted],
        )


def _empty() -> None:
    tables = ", ".join(
        model._meta.db_table for model in (SearchKey, Attempt, History, Tracking, Shipment, Delivery, Order)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def _templates() -> tuple[Delivery, Shipment]:
    now = timezone.now() - timedelta(days=DAYS)
    order = make_order()
    delivery = delivery_at(order, patterns()[0], state=DeliveryState.RELEASED, release_asked_at=now, released_at=now)
    same = {field: getattr(delivery, field) for field in (*RECIPIENT_FIELDS, *_OFFICE)}
    shipment = Shipment.objects.create(
        delivery=delivery, state=ShipmentState.LABELLED, request_id="template", shipment_id="1", label="x.pdf",
        open_parcel="template", service="DOM.EP", options=["SO"], weight_kg=Decimal("1.25"), length_cm=Decimal(30),
        width_cm=Decimal(20), height_cm=Decimal(10), group="2026-11-25", price=Decimal("9.95"), requests=1, claims=2,
        sender={"company": "Example Shop", "phone": "613-555-0100", "address": {"line_1": "1 Example St"}}, **same,
    )  # fmt: skip
    Tracking.objects.create(shipment=shipment)
    Attempt.objects.create(
        shipment=shipment, step=HandoffStep.CREATE, outcome=Outcome.MADE, request_id="0" * 32, status=200
    )
    History.objects.create(delivery=delivery, change=Change.PLACE)
    return delivery, shipment


_OFFICE = ("office_id", "office_name", "office_address", "office_city", "office_province", "office_postal_code")


def _copy(row: models.Model, count: int, **columns: str) -> None:
    """Write ``count`` copies of a row, with an SQL expression of ``i`` for each column that differs."""
    names = [str(field.column) for field in row._meta.concrete_fields]
    assert set(columns) <= set(names), set(columns) - set(names)
    values = ", ".join(columns.get(name, f't."{name}"') for name in names)
    into = ", ".join(f'"{name}"' for name in names)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({into}) SELECT {values} FROM {table} t, generate_series(1, %s) i WHERE t.id = %s",  # noqa: S608
            [count, row.pk],
        )


def _remove(delivery: Any) -> None:
    """Delete the rows that the others were copied from."""
    order = delivery.order
    Shipment.objects.filter(delivery=delivery).delete()
    History.objects.filter(delivery=delivery).delete()
    delivery.delete()
    order.delete()
