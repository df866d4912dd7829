"""The shop's orders: their model, their migrations, their column and their database."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.checks import Tags

from deliver_to_po.core import conf
from deliver_to_po.operations.checks import CHECKS, adapter, orders
from tests.child import ROOT, start_django
from tests.operations.checks.told import Row, assert_told, d2po, ids

pytestmark = pytest.mark.order_model
FRESH_SETTINGS = """
SECRET_KEY = "tests-only"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
INSTALLED_APPS += ["django.contrib.messages", "leaflet", "deliver_to_po", "shop"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}}
STORAGES = {"deliver_to_po": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
DELIVER_TO_PO = {
    "ORDER_MODEL": "shop.Order",
    "ORDER_ADAPTER": "shop.post_offices.ShopAdapter",
    "CANADA_POST": {"CLIENT_ID": "-", "CLIENT_SECRET": "-", "CUSTOMER_NUMBER": "0001234567", "CONTRACT_ID": "40000000"},
}
"""
NO_ORDER = "from django.db import migrations\nclass Migration(migrations.Migration):\n    pass\n"
WRONG = [
    Row(orders.check_order_model, {"ORDER_MODEL": None}, "E010", ("ORDER_MODEL", "shop.Order")),
    Row(orders.check_order_model, {"ORDER_MODEL": "Order"}, "E010", ("ORDER_MODEL", "app_label.Model")),
    Row(orders.check_order_model, {"ORDER_MODEL": "auth.Grup"}, "E011", ("“auth.Grup”", "Did you mean “auth.Group”?")),
    # Never one of ours.
    Row(orders.check_order_model, {"ORDER_MODEL": "delivery.Delivery"}, "E011", ("delivery", "Choose one of: admin.")),
]


def router(method: str, label: str) -> Any:
    """Return a router that sends what one app reads, or writes, to another database."""
    return SimpleNamespace(**{method: lambda model, **_: "elsewhere" if model._meta.app_label == label else None})


def test_rows_that_a_router_sends_to_a_database_of_their_own_are_named(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [router("db_for_write", "deliver_to_po")]
    assert_told(orders.check_one_database(), "E074", "deliver_to_po.Delivery elsewhere than to “default”")


def test_a_router_that_reads_our_rows_from_a_replica_is_refused_and_one_that_reads_others_is_not(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [router("db_for_read", "deliver_to_po")]
    assert ids(orders.check_reads()) == ["E098"]
    settings.DATABASE_ROUTERS = [router("db_for_read", "statistics")]
    assert orders.check_reads() == []


def test_a_router_of_other_apps_is_left_alone(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [router("db_for_write", "statistics")]
    assert orders.check_one_database() == []


def test_an_order_app_without_migrations_is_only_warned_of(settings: Any) -> None:
    label = conf.order_model().partition(".")[0]
    settings.MIGRATION_MODULES = {label: None}
    assert_told(orders.check_order_migrations(), "W012", f"makemigrations {label}")


@pytest.fixture
def fresh_shop(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Make a project whose order nobody has made a migration for; return what runs ``manage.py`` in it."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").touch()
    (shop / "models.py").write_text(
        "from django.db import models\nclass Order(models.Model):\n    number = models.CharField(max_length=35)\n"
    )
    head = "from deliver_to_po.adapter import OrderAdapter\nclass ShopAdapter(OrderAdapter):\n"
    methods = "".join(f"    def {name}(self, order): ...\n" for name in adapter.REQUIRED_METHODS)
    (shop / "post_offices.py").write_text(head + methods)
    (tmp_path / "settings.py").write_text(FRESH_SETTINGS)
    path = os.pathsep.join((str(tmp_path), str(ROOT)))

    def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments, "--settings=settings"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return manage


@pytest.mark.slow
@pytest.mark.parametrize(
    "files",
    [{}, {"__init__.py": ""}, {"__init__.py": "", "0001_initial.py": NO_ORDER}],
    ids=["no migrations", "an empty package", "none that makes the order"],
)
def test_a_fresh_shop_can_make_the_migration_that_is_missing(
    fresh_shop: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, files: dict[str, str]
) -> None:
    for name, text in files.items():
        (tmp_path / "shop" / "migrations").mkdir(exist_ok=True)
        (tmp_path / "shop" / "migrations" / name).write_text(text)
    made = fresh_shop("makemigrations", "shop")
    assert made.returncode == 0, made.stderr
    assert "Create model Order" in made.stdout
    assert "(deliver_to_po.W012) No migration creates shop.Order yet" in made.stderr
    checked = fresh_shop("check")
    if "0001_initial.py" in files:
        assert "(deliver_to_po.E013)" in checked.stderr
        assert "run_before" in checked.stderr
    else:
        assert checked.returncode == 0, checked.stderr
        assert fresh_shop("migrate").returncode == 0


@pytest.fixture(params=["{}", "migrations.SeparateDatabaseAndState(state_operations=[{}])"], ids=["made", "moved"])
def late_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, request: pytest.FixtureRequest) -> str:
    """Give the order's app migrations that make the order in the second one, after ours; return the app's label."""
    label, _, model = conf.order_model().partition(".")
    # Another name each time: an imported migration stays imported.
    package = tmp_path / f"late_{tmp_path.name}"
    package.mkdir()
    made = f"migrations.CreateModel({model!r}, fields=[])"
    head = "from django.db import migrations\nclass Migration(migrations.Migration):\n"
    (package / "__init__.py").touch()
    (package / "0001_initial.py").write_text(f"{head}    pass\n")
    (package / "0002_order.py").write_text(
        f"{head}    dependencies = [({label!r}, '0001_initial')]\n    operations = [{request.param.format(made)}]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.MIGRATION_MODULES = {label: package.name}
    return label


def test_an_order_that_is_made_too_late_is_named_with_the_line_to_add(late_order: str) -> None:
    line = 'run_before = [("deliver_to_po", "0001_initial")]'
    assert_told(orders.check_order_migrations(), "E013", f"{late_order}/migrations/0002_order.py", line)


def test_the_line_that_is_shown_is_the_cure(late_order: str, tmp_path: Path) -> None:
    with (tmp_path / f"late_{tmp_path.name}" / "0002_order.py").open("a") as migration:
        migration.write(f"    {orders.RUN_BEFORE}\n")
    assert orders.check_order_migrations() == []


@pytest.mark.django_db
def test_the_column_in_the_database_is_compared_with_the_setting() -> None:
    whole_numbers = apps.get_model(conf.order_model())._meta.pk.get_internal_type() != "UUIDField"
    assert orders.check_order_column(databases=["default"]) == []
    with d2po(ORDER_MODEL="sessions.Session" if whole_numbers else "auth.Group"):
        assert_told(orders.check_order_column(databases=["default"]), "E014", "migrate deliver_to_po zero")
    with d2po(ORDER_MODEL="auth.Group" if whole_numbers else "deliver_to_po.Delivery"):
        assert ids(orders.check_order_column(databases=["default"])) == ["E015"]


@pytest.mark.django_db
@pytest.mark.parametrize("written", ['"sales"."%s"', 'sales"."%s'])
def test_orders_in_another_schema_are_those_that_deliveries_point_at(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meta = apps.get_model(conf.order_model())._meta
    monkeypatch.setattr(meta, "db_table", written % meta.db_table)
    assert orders.check_order_column(databases=["default"]) == []


@pytest.mark.django_db
def test_a_key_of_a_class_of_its_own_is_stored_as_only_that_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps.get_model(conf.order_model())._meta.pk, "get_internal_type", lambda: "TypeIDField")
    assert orders.check_order_column(databases=["default"]) == []


def test_the_database_is_asked_only_when_django_says_so() -> None:
    assert orders.check_order_column(databases=None) == []
    assert ("orders.check_order_column", Tags.database) in CHECKS


def test_starting_without_an_order_model_ends_with_what_to_write() -> None:
    started = start_django(apps=("django.contrib.admin", "leaflet", "deliver_to_po"), DELIVER_TO_PO={})
    assert started.returncode == 1
    last = started.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert 'DELIVER_TO_PO["ORDER_MODEL"] must name the model of your orders' in last
    assert 'DELIVER_TO_PO = {"ORDER_MODEL": "shop.Order", "ORDER_ADAPTER": "shop.post_offices.ShopAdapter"}' in last
