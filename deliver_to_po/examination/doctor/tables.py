"""Whether the tables are those of this version: until a release, the initial migration may have been rewritten."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import Error, connections, router
from django.utils.translation import gettext as _

from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.models import Delivery


def tables() -> list[Finding]:
    """Return what the tables lack, or have too many, beside the models; nothing if there are no tables yet."""
    try:
        names = list(_differences(connections[router.db_for_write(Delivery)]))
    except Error:
        # What else is asked of the database says so.
        return []
    if not names:
        return []
    says = _("not as this version makes them: %(names)s") % {"names": ", ".join(names)}
    todo = _(
        "Run “manage.py migrate”. If that changes nothing, the migration that made them was rewritten since. Back up; "
        "drop every table whose name begins with “deliver_to_po_”; run “manage.py migrate deliver_to_po zero --fake” "
        "and “manage.py migrate”. What they held is then lost: to keep it, change them by hand to what “manage.py "
        "sqlmigrate deliver_to_po 0001” shows."
    )
    return [Finding(_("Tables"), Verdict.WRONG, says, todo)]


def _differences(connection: Any) -> Iterator[str]:
    """Yield ``-table``, ``-table.column`` for what is missing, and ``+table.column`` for what nobody knows."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if Delivery._meta.db_table not in there:
            return
        for model in apps.get_app_config("deliver_to_po").get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in there:
                yield f"-{table}"
                continue
            found = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            wanted = {str(field.column) for field in model._meta.local_concrete_fields}
            yield from (f"-{table}.{column}" for column in sorted(wanted - found))
            yield from (f"+{table}.{column}" for column in sorted(found - wanted))
