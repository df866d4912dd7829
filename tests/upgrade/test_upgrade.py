"""A shop upgrades from 0.1.0: its settings are right, and whatever reads its migrated rows today reads them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin import site
from django.core.checks import ERROR, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django_test_migrations.migrator import Migrator

from deliver_to_po.handoff.frozen_request import made_of, request_of
from deliver_to_po.models import Delivery, PrintJob, Shipment
from deliver_to_po.shop import export, place, reserved, summarize
from tests.factories import make_order, make_paid_order
from tests.upgrade.kept import Kept, choices, insert, read, tables
from tests.upgrade.settings_0_1_0 import DELIVER_TO_PO

FIRST = ("deliver_to_po", "0001_initial")


@pytest.fixture
def upgraded(migrator: Migrator) -> Kept:
    """Return the rows of 0.1.0, which are in the tables as they are today."""
    kept = read()
    old = migrator.apply_initial_migration(FIRST)
    # The shop's own tables are as they are today.
    others = [leaf for leaf in MigrationExecutor(connection).loader.graph.leaf_nodes() if leaf[0] != FIRST[0]]
    migrator.apply_tested_migration([*others, FIRST])
    insert(kept, old.apps, [make_order() for _ in range(kept.orders)])
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes(FIRST[0])
    migrator.apply_tested_migration(newest)
    return kept


def test_no_value_that_a_row_may_hold_is_unknown_today() -> None:
    today = choices()
    assert {name: set(values) - set(today.get(name, ())) for name, values in read().choices.items()} == {
        name: set() for name in read().choices
    }


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_rows_of_0_1_0_are_read_by_todays_code(upgraded: Kept, admin_client: Client) -> None:
    assert {model.__name__: model._default_manager.count() for model in tables()} == {
        name: len(rows) for name, _columns, rows in upgraded.tables
    }
    for delivery in Delivery.objects.all():
        assert summarize(delivery, "en").heading
        assert summarize(delivery, "fr").heading
        if delivery.order:
            assert export(delivery.order, email=delivery.recipient_email)["deliveries"]
            shown = Template("{% load deliver_to_po %}{% d2po_pickup order %}").render(
                Context({"order": delivery.order})
            )
            assert shown or delivery.replaced_by.exists()
    for shipment in Shipment.objects.all():
        assert request_of(shipment).sender.company
        assert made_of(shipment).shipment_id == shipment.shipment_id
    for page in pages():
        assert (page, admin_client.get(page).status_code) == (page, 200)


def pages() -> Iterator[str]:
    """Yield the address of each page of the desk that shows rows."""
    for model, admin in site._registry.items():
        if model._meta.app_label == "deliver_to_po":
            name = f"admin:deliver_to_po_{model._meta.model_name}"
            yield reverse(f"{name}_changelist")
            yield from (reverse(f"{name}_change", args=[row.pk]) for row in admin.model._default_manager.all())
    yield from (reverse(f"admin:deliver_to_po_{name}") for name in ("day_end", "costs", "by_hand", "day"))
    yield from (reverse("admin:deliver_to_po_print_job", args=[job.pk]) for job in PrintJob.objects.all())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_payment_that_began_with_0_1_0_ends_well_today(upgraded: Kept) -> None:
    choice = upgraded.payment["choice"]
    held = reserved(choice)
    assert held is not None
    assert held.price
    placed: Any = place(make_paid_order(), choice, seen=upgraded.payment["seen"], paid=True)
    assert (str(placed.pk), placed.state, placed.reason) == (choice, "held", "parcels_changed")


@pytest.mark.django_db
def test_check_finds_no_error_in_the_settings_of_0_1_0(settings: Any) -> None:
    shops_own = {key: settings.DELIVER_TO_PO[key] for key in ("ORDER_MODEL", "ORDER_ADAPTER")}
    settings.DELIVER_TO_PO = {**DELIVER_TO_PO, **shops_own}
    assert [str(message) for message in run_checks() if message.level >= ERROR] == []
