"""What cron mails of the commands that it runs."""

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("command", ["d2po_handoff", "d2po_transmit"])
def test_nothing_where_nothing_is_due_not_even_a_warning_of_the_checks(
    command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    call_command(command, skip_checks=False)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "command",
    [
        "d2po_clerks",
        "d2po_handoff",
        "d2po_load_offices H2X1Y4",
        "d2po_privacy --email=a@b.ca",
        "d2po_reconcile",
        "d2po_transmit",
    ],
)
def test_a_line_while_the_database_is_away(command: str) -> None:
    def away(*_: object) -> None:
        raise OperationalError("a row of the canary")

    said = (
        r"^The database cannot be asked \(OperationalError\)\. Start it, run “manage\.py migrate”, and let the USER in "
        r"DATABASES read and write every table\.$"
    )
    with connection.execute_wrapper(away), pytest.raises(CommandError, match=said) as raised:
        call_command(*command.split())
    assert raised.value.__suppress_context__
