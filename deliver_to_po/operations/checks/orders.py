"""ORDER_MODEL: the shop's order, and whether our foreign key to it can be and is what the setting says."""

from collections.abc import Sequence

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import split_identifier
from django.db.migrations.exceptions import BadMigrationError, CircularDependencyError, NodeNotFoundError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel, RenameModel, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation

from deliver_to_po.core import conf
from deliver_to_po.operations.checks.messages import did_you_mean, error, setting_name, warning

NAME = setting_name("ORDER_MODEL")
FIRST = ("deliver_to_po", "0001_initial")
STAYS = (
    "ORDER_MODEL cannot be changed once there are deliveries. Set it back; or, while there are none, run "
    "“manage.py migrate deliver_to_po zero” with the old value and “manage.py migrate” with the new one."
)
RUN_BEFORE = f"run_before = [{FIRST!r}]".replace("'", '"')


def order_model() -> type[models.Model] | None:
    """Return the shop's order model, or None when the setting names none."""
    try:
        return apps.get_model(conf.order_model())
    except (ImproperlyConfigured, LookupError):
        return None


def check_order_model(**_kwargs: object) -> list[CheckMessage]:
    """Check that ORDER_MODEL is written ``app_label.Model`` and names an installed model."""
    try:
        label = conf.order_model()
    except ImproperlyConfigured:
        fix = 'Name the model of your orders: "ORDER_MODEL": "shop.Order".'
        return [error(10, f"{NAME} is missing, or is not written as “app_label.Model”.", fix)]
    if order_model() is None:
        labels = (model._meta.label for model in apps.get_models())
        fix = did_you_mean(label, [each for each in labels if not each.startswith("deliver_to_po.")])
        return [error(11, f"{NAME} is “{label}”, but no installed app has such a model.", fix)]
    return []


def check_order_migrations(**_kwargs: object) -> list[CheckMessage]:
    """Check that the shop's migrations have made the order when ours point a foreign key at it.

    Only warns while no migration makes it: ``makemigrations`` itself runs the checks, and is the cure.
    """
    model = order_model()
    if model is None:
        return []
    try:
        loader = MigrationLoader(None, ignore_no_migrations=True)
    except (BadMigrationError, CircularDependencyError, NodeNotFoundError):
        # Django's own commands explain these.
        return []
    if FIRST not in loader.graph.nodes:
        return []
    app, order = model._meta.app_label, model._meta.label
    if (app, model._meta.model_name) in loader.project_state(FIRST, at_end=False).models:
        return []
    if not (files := _files_that_make(loader, model)):
        fix = f"Run “manage.py makemigrations {app}”, then “manage.py migrate”."
        return [
            warning(12, f"No migration creates {order} yet, so the foreign key of deliveries points at nothing.", fix)
        ]
    fix = f"Add to the class Migration in {files[-1]}: {RUN_BEFORE}"
    return [error(13, f"The migration that creates “{order}” must run before the first of deliver_to_po.", fix)]


def _files_that_make(loader: MigrationLoader, model: type[models.Model]) -> list[str]:
    return [
        f"{app}/migrations/{name}.py"
        for (app, name), migration in loader.disk_migrations.items()
        if app == model._meta.app_label and any(_makes(operation, model) for operation in migration.operations)
    ]


def _makes(operation: Operation, model: type[models.Model]) -> bool:
    if isinstance(operation, SeparateDatabaseAndState):
        # As a model moves from one app to another, with its table.
        return any(_makes(each, model) for each in operation.state_operations)
    if isinstance(operation, CreateModel):
        return operation.name_lower == model._meta.model_name
    return isinstance(operation, RenameModel) and operation.new_name_lower == model._meta.model_name


def check_one_database(**_kwargs: object) -> list[CheckMessage]:
    """Check that orders, users and our rows are written to one database, whose transactions are ours."""
    model = order_model()
    if model is None:
        return []
    written = [apps.get_model("deliver_to_po", "Delivery"), model, get_user_model()]
    astray = [model for model in written if router.db_for_write(model) != DEFAULT_DB_ALIAS]
    if not astray:
        return []
    labels = ", ".join(model._meta.label for model in astray)
    message = f"DATABASE_ROUTERS sends {labels} elsewhere than to “{DEFAULT_DB_ALIAS}”: buyers and clerks meet errors."
    fix = (
        "Deliveries have foreign keys to orders and users, and are placed in the order's transaction. Keep all of them "
        f"in “{DEFAULT_DB_ALIAS}”; other apps may be elsewhere."
    )
    return [error(74, message, fix)]


def check_reads(**_kwargs: object) -> list[CheckMessage]:
    """Check that our rows are read where they are written: a replica does not know yet what a buyer has just chosen."""
    ours = apps.get_app_config("deliver_to_po").get_models()
    if all(router.db_for_read(model) == router.db_for_write(model) for model in ours):
        return []
    message = "DATABASE_ROUTERS reads rows of deliver_to_po elsewhere than it writes them: choices get lost."
    fix = (
        "Let db_for_read answer for the app “deliver_to_po” what db_for_write does, and for every app within a "
        "transaction: docs/how-to/databases.md has such a router."
    )
    return [error(98, message, fix)]


def check_order_column(*, databases: Sequence[str] | None = None, **_kwargs: object) -> list[CheckMessage]:
    """Check that the foreign key in each database is of the kind, and points at the table, that the setting says."""
    model = order_model()
    if not databases or model is None:
        return []
    return [message for alias in databases for message in _compare(connections[alias], model)]


def _compare(connection: BaseDatabaseWrapper, model: type[models.Model]) -> list[CheckMessage]:
    table = apps.get_model("deliver_to_po", "Delivery")._meta.db_table
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return []
        columns = {column.name: column for column in connection.introspection.get_table_description(cursor, table)}
        # (column, table), and from Django 6.1 on what happens on delete.
        other_table = connection.introspection.get_relations(cursor, table).get("order_id", ("", ""))[1]
    if "order_id" not in columns:
        return []
    found = _kind(str(connection.introspection.get_field_type(columns["order_id"].type_code, columns["order_id"])))
    stored = _stored_as(model, connection)
    wanted = _kind(stored)
    database, order = f"Database “{connection.alias}”", model._meta.label
    # How a key of a class of somebody's own is stored, only that class knows.
    if found != wanted and wanted != stored:
        return [error(14, f"{database}: deliveries hold order keys as {found}, but {order} has {wanted}.", STAYS)]
    # A table in another schema of PostgreSQL is named as “schema"."table”, and introspected without the schema.
    if other_table and other_table != split_identifier(model._meta.db_table)[1]:
        return [error(15, f"{database}: deliveries point at the table “{other_table}”, not at that of {order}.", STAYS)]
    return []


def _stored_as(model: type[models.Model], connection: BaseDatabaseWrapper) -> str:
    """Return the internal type of the order's key as this database keeps it."""
    key = model._meta.pk
    while key.remote_field is not None:
        key = key.remote_field.model._meta.pk
    internal = key.get_internal_type()
    return "CharField" if internal == "UUIDField" and not connection.features.has_native_uuid_field else internal


def _kind(internal_type: str) -> str:
    """Return what keys of a field type are, whatever their width."""
    if internal_type.endswith(("IntegerField", "AutoField")):
        return "whole numbers"
    return {"UUIDField": "UUIDs", "CharField": "text", "SlugField": "text", "TextField": "text"}.get(
        internal_type, internal_type
    )
