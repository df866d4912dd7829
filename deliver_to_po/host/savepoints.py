"""A savepoint only where the shop's code touches the database: most answers do not, and each costs two statements."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DatabaseError, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from deliver_to_po.host.answered import failed


class LazySavepoint:
    """The savepoint of one connection in a transaction: made right before the first statement that is executed.

    It does what ``transaction.atomic`` does with one, save that nothing is executed where nothing else is. What goes
    past Django's cursors (``callproc``, the driver's own connection) makes none.
    """

    def __init__(self, connection: BaseDatabaseWrapper):
        self._connection = connection
        self._id: str | None = None
        self._is_made = False
        # The shop's code may be within blocks of its own when it first executes something: this one is around them.
        self._depth = len(connection.savepoint_ids)
        self._callbacks = len(connection.run_on_commit)
        self._was_broken = connection.needs_rollback

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Execute a statement, as a wrapper of the connection's."""
        if not self._is_made:
            self._is_made = True
            self._id = self._made_first()
            if self._id is not None:
                self._connection.savepoint_ids.insert(self._depth, self._id)
        return execute(sql, params, many, context)

    def _made_first(self) -> str | None:
        """Make it past the questions that this one asked of us: theirs lie within it, and would be made before it."""
        connection = self._connection
        wrappers = connection.execute_wrappers
        connection.execute_wrappers = [one for one in wrappers if not isinstance(one, LazySavepoint)]
        try:
            return connection.savepoint()
        finally:
            connection.execute_wrappers = wrappers

    @property
    def is_spoilt(self) -> bool:
        """Say whether the shop's code has left the transaction to be rolled back, though it raised nothing."""
        return self._connection.needs_rollback and not self._was_broken

    def undo(self) -> None:
        """Undo what was written since, so that the transaction goes on as if nothing had been."""
        connection = self._connection
        if connection.closed_in_transaction:
            return
        connection.run_on_commit = connection.run_on_commit[: self._callbacks]
        if self._id is not None:
            connection.needs_rollback = False
            try:
                connection.savepoint_rollback(self._id)
            except Error:
                connection.needs_rollback = True
        elif not self._is_made:
            connection.needs_rollback = self._was_broken

    def release(self) -> DatabaseError | None:
        """Let the savepoint go, with what was written since; else undo that, and return why the database refuses."""
        connection = self._connection
        if self._id is None or connection.closed_in_transaction:
            return None
        connection.savepoint_ids.remove(self._id)
        if connection.needs_rollback:
            return None
        try:
            connection.savepoint_commit(self._id)
        except DatabaseError as error:
            self.undo()
            return error
        return None


# What questions share, see ``under_one_savepoint``.
_shared: ContextVar[tuple[LazySavepoint, ...] | None] = ContextVar("deliver_to_po_savepoints", default=None)


@contextmanager
def under_one_savepoint() -> Iterator[None]:
    """Let several questions to the shop share one savepoint for each database that is in a transaction.

    Write nothing of ours within this: a question that fails undoes it. Raises ShopError where a database cannot go on.
    """
    with _made() as savepoints, _sharing(savepoints):
        yield


@contextmanager
def for_a_question() -> Iterator[tuple[LazySavepoint, ...]]:
    """Yield what undoes a question to the shop; what its own code asks meanwhile is undone by itself.

    Raises ShopError where a database cannot go on.
    """
    shared = _shared.get()
    if shared is not None:
        with _sharing(None):
            yield shared
        return
    with _made() as savepoints:
        yield savepoints


@contextmanager
def _sharing(savepoints: tuple[LazySavepoint, ...] | None) -> Iterator[None]:
    token = _shared.set(savepoints)
    try:
        yield
    finally:
        _shared.reset(token)


@contextmanager
def _made() -> Iterator[tuple[LazySavepoint, ...]]:
    in_transaction = [one for one in connections.all(initialized_only=True) if one.in_atomic_block]
    if not in_transaction:
        yield ()
        return
    savepoints = tuple(map(LazySavepoint, in_transaction))
    try:
        with ExitStack() as stack:
            for connection, savepoint in zip(in_transaction, savepoints, strict=True):
                stack.enter_context(connection.execute_wrapper(savepoint))
            yield savepoints
    finally:
        refused = [error for savepoint in savepoints if (error := savepoint.release())]
    if refused:
        raise failed("transaction", type(refused[0]).__name__, refused[0]) from refused[0]
