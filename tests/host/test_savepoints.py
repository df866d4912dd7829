"""What the shop's code wrote before it failed is undone, by a savepoint that is made where it touches a database."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from django.test.utils import CaptureQueriesContext

from deliver_to_po.host import savepoints
from deliver_to_po.host.answered import ShopError
from deliver_to_po.host.calling import call_shop
from deliver_to_po.host.savepoints import under_one_savepoint

pytestmark = pytest.mark.django_db


def statements(call: Callable[[], Any]) -> list[str]:
    """Return the first word of each statement that is executed while the shop answers."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"].split()[0] for query in captured.captured_queries]


def read() -> bool:
    return Group.objects.exists()


def write(name: str) -> None:
    Group.objects.create(name=name)


def write_and_fail(name: str = "half done") -> None:
    write(name)
    raise RuntimeError


def names() -> set[str]:
    return set(Group.objects.values_list("name", flat=True))


def refused(call: Callable[[], Any]) -> None:
    with pytest.raises(ShopError):
        call_shop("service", call)


def test_code_that_touches_no_database_costs_no_statement() -> None:
    assert statements(lambda: call_shop("service", lambda: 5)) == []
    assert statements(lambda: refused(lambda: 1 / 0)) == []


def test_code_that_does_is_within_one_savepoint() -> None:
    assert statements(lambda: call_shop("service", lambda: [read(), read()])) == [
        "SAVEPOINT", "SELECT", "SELECT", "RELEASE",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_there_is_none() -> None:
    assert statements(lambda: call_shop("service", read)) == ["SELECT"]
    refused(write_and_fail)
    assert names() == {"half done"}


def test_questions_may_share_one_and_what_fails_undoes_only_since_it_was_made() -> None:
    write("ours")
    with under_one_savepoint():
        assert statements(lambda: [call_shop("service", read), call_shop("options", read)]) == [
            "SAVEPOINT", "SELECT", "SELECT",
        ]  # fmt: skip
        refused(write_and_fail)
        call_shop("service", lambda: write("theirs"))
    assert names() == {"ours", "theirs"}


def test_what_shop_code_asks_of_us_meanwhile_is_undone_by_itself() -> None:
    def ask_and_go_on() -> None:
        write("before")
        refused(write_and_fail)
        write("after")

    with under_one_savepoint():
        call_shop("cart", ask_and_go_on)
    assert names() == {"before", "after"}


@pytest.mark.parametrize("goes_wrong", [False, True])
def test_a_question_that_another_one_begins_with_lies_within_it(goes_wrong: bool) -> None:
    def ask_first() -> None:
        call_shop("service", lambda: write("theirs"))
        if goes_wrong:
            write_and_fail()

    write("ours")
    if goes_wrong:
        refused(lambda: call_shop("cart", ask_first))
    else:
        call_shop("cart", ask_first)
    write("after")
    assert names() == {"ours", "after"} | (set() if goes_wrong else {"theirs"})


def within_a_block_without_a_savepoint() -> None:
    with transaction.atomic(savepoint=False):
        write_and_fail()


def within_a_block_of_its_own() -> None:
    with transaction.atomic():
        write("kept so far")
    write_and_fail()


def with_a_failed_statement() -> None:
    write("twice")
    write("twice")


@pytest.mark.parametrize(
    "call", [within_a_block_without_a_savepoint, within_a_block_of_its_own, with_a_failed_statement]
)
def test_blocks_of_the_shops_own_change_nothing_of_that(call: Callable[[], None]) -> None:
    write("ours")
    depth = len(connection.savepoint_ids)
    refused(call)
    assert (names(), connection.needs_rollback, len(connection.savepoint_ids)) == ({"ours"}, False, depth)


def test_code_that_goes_on_after_a_failed_save_leaves_our_transaction_usable() -> None:
    def swallow() -> str:
        write("twice")
        try:
            write("twice")
        except IntegrityError:
            return "an answer"
        return ""

    write("ours")
    assert call_shop("service", swallow) == "an answer"
    write("after")
    assert names() == {"ours", "after"}


def test_a_bad_value_that_never_reaches_the_database_leaves_it_usable_too() -> None:
    def bad() -> None:
        Group(pk="no number", name="x").save()

    refused(bad)
    assert (connection.needs_rollback, names()) == (False, set())


def test_a_statement_that_the_database_refuses_for_good_is_the_shops_mistake() -> None:
    def broken() -> None:
        read()
        connection.savepoint_commit = refuse  # type: ignore[method-assign]

    def refuse(sid: str) -> None:
        raise DatabaseError

    write("ours")
    try:
        refused(broken)
    finally:
        del connection.savepoint_commit
    assert names() == {"ours"}


def test_where_nothing_can_be_undone_the_transaction_goes_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(sid: str) -> None:
        raise DatabaseError

    with transaction.atomic():
        with monkeypatch.context() as broken:
            broken.setattr(connection, "savepoint_rollback", fail)
            refused(write_and_fail)
        with pytest.raises(transaction.TransactionManagementError):
            read()
        transaction.set_rollback(True)
    assert names() == set()


@pytest.mark.parametrize("touches", [True, False])
def test_what_was_to_happen_after_the_commit_is_undone_too(touches: bool) -> None:
    def promise() -> None:
        transaction.on_commit(lambda: None)
        if touches:
            write("half done")
            transaction.on_commit(lambda: None)
        raise RuntimeError

    transaction.on_commit(lambda: None)
    before = list(connection.run_on_commit)
    refused(promise)
    assert connection.run_on_commit == before


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[BaseDatabaseWrapper]]:
    """Return two databases of their own, each with an empty table."""
    both = ConnectionHandler(
        {name: {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / name} for name in ("default", "other")}
    )
    monkeypatch.setattr(savepoints, "connections", both)
    made: list[BaseDatabaseWrapper] = [both["default"], both["other"]]
    for one in made:
        with one.cursor() as cursor:
            cursor.execute("CREATE TABLE things (name text)")
    yield made
    for one in made:
        one.close()


def insert(one: BaseDatabaseWrapper) -> None:
    with one.cursor() as cursor:
        cursor.execute("INSERT INTO things VALUES ('x')")


def count(one: BaseDatabaseWrapper) -> int:
    with one.cursor() as cursor:
        return int(cursor.execute("SELECT count(*) FROM things").fetchone()[0])


def test_each_of_several_databases_is_undone_and_one_without_a_transaction_is_left_alone(
    two: list[BaseDatabaseWrapper],
) -> None:
    first, second = two

    def fail() -> None:
        insert(first)
        insert(second)
        raise RuntimeError

    first.set_autocommit(False)
    first.in_atomic_block = True
    refused(fail)
    assert [count(one) for one in two] == [0, 1]
    second.set_autocommit(False)
    second.in_atomic_block = True
    refused(fail)
    assert [count(one) for one in two] == [0, 1]
