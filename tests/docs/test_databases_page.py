"""The page on databases: its router is what check wants, its view reviews, and nothing outlives a transaction."""

import asyncio
import json
import re
import runpy
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connections, transaction
from django.http import HttpRequest
from django.test import AsyncClient, AsyncRequestFactory

from deliver_to_po import shop
from deliver_to_po.models import Delivery
from deliver_to_po.operations.checks import orders
from tests.docs.copied import HOW_TO, ROOT, blocks_of

T = TypeVar("T")
PAGE = HOW_TO / "databases.md"
# What a session of the database would keep beyond a transaction.
KEPT_BY_A_SESSION = re.compile(r"pg_(try_)?advisory|\bLISTEN\b|\bSET SESSION\b|\bTEMP(ORARY)? TABLE\b")


def copied(file: str, folder: Path) -> dict[str, Any]:
    [code] = [block.code for block in blocks_of(PAGE) if block.file == file]
    written = folder / Path(file).name
    written.write_text(code, encoding="utf-8")
    return runpy.run_path(str(written))


@pytest.mark.django_db(transaction=True)
def test_the_router_reads_from_the_replica_what_was_not_written_a_moment_ago(settings: Any, tmp_path: Path) -> None:
    router = copied("shop/routers.py", tmp_path)["ReplicaRouter"]()
    assert [router.db_for_read(model) for model in (Delivery, Session, Group)] == ["default", "default", "replica"]
    with transaction.atomic():
        assert router.db_for_read(Group) == "default"
    settings.DATABASE_ROUTERS = [router]
    assert orders.check_reads() == orders.check_one_database() == []


def test_nothing_of_the_app_is_kept_by_a_session_of_the_database() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "deliver_to_po").rglob("*.py"))
    assert [found[0] for source in sources if (found := KEPT_BY_A_SESSION.search(source))] == []


def run(asked: Awaitable[T]) -> T:
    """Run something asynchronous in a thread of its own: that of the tests has the loop of a browser.

    Closes the connections of the thread in which Django did the rest.
    """

    async def run_and_close() -> T:
        try:
            return await asked
        finally:
            await sync_to_async(connections.close_all)()

    with ThreadPoolExecutor() as executor:
        return executor.submit(asyncio.run, run_and_close()).result()


def without_a_choice(request: HttpRequest) -> HttpRequest:
    request.session = {}  # type: ignore[assignment]
    return request


@pytest.mark.django_db(transaction=True)
def test_an_asynchronous_view_wraps_each_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests in a browser allow it.
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)
    view = copied("shop/async_views.py", tmp_path)["price"]
    answer = run(view(without_a_choice(AsyncRequestFactory().get("/"))))
    assert (answer.status_code, json.loads(answer.content)["url"][:22]) == (409, "/post-office/?problem=")

    async def unwrapped() -> None:
        shop.review(without_a_choice(AsyncRequestFactory().get("/")))

    with pytest.raises(SynchronousOnlyOperation):
        run(unwrapped())


@pytest.mark.django_db(transaction=True)
def test_the_step_is_served_under_asgi() -> None:
    assert run(AsyncClient().get("/post-office/")).status_code == 200
