"""The OpenAPI of the step is true: whatever a program sends, the answer is one that is documented, and never a 500."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, openapi
from schemathesis.checks import CHECKS

from tests.api.client import CART, ROOT, Program
from tests.factories import TYPED_RECIPIENT as RECIPIENT

pytestmark = pytest.mark.django_db

# A place that nobody knows is a right value, and is refused.
LEFT_OUT = ["positive_data_acceptance"]


@contextmanager
def _one_connection() -> Iterator[None]:
    """Let no request end the test's transaction, as Django's own test client does."""
    signals = request_started, request_finished
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def test_what_is_refused_is_documented_as_a_problem_and_nothing_else_is() -> None:
    schema = Client().get(f"{ROOT}openapi.json").json()
    kinds = {
        (int(status) >= 400, kind)
        for operations in schema["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        for kind in answer.get("content", ())
    }
    assert kinds == {(True, "application/problem+json"), (False, "application/json")}


@pytest.mark.slow
@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_is_sent_is_answered_as_it_is_documented(
    mode: GenerationMode, offered: list[str], change_settings: Any
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=0)
    with _one_connection():
        schema = openapi.from_wsgi(f"{ROOT}openapi.json", get_wsgi_application())
    assert schema.raw_schema["openapi"] == "3.1.0"
    results: Any = schema.get_all_operations()
    operations = [result.ok() for result in results]
    assert len(operations) == 9
    for operation in operations:
        if mode == GenerationMode.NEGATIVE and not (operation.body or operation.query):
            # Any text in a path or a header is of the right kind.
            continue
        program = Program()
        program.choose(offered[0])
        program.of_choice("PUT", "/recipient", RECIPIENT)
        about_it = "{choice_id}" in operation.path
        said = {"Cart": CART} | ({"D2PO-Secret": program.secret} if about_it else {})
        cases = operation.as_strategy(mode, path_parameters={"choice_id": program.choice_id} if about_it else None)

        _try_out(cases, said)


def _try_out(cases: Any, headers: dict[str, str]) -> None:
    left_out = [CHECKS.get_one(name) for name in LEFT_OUT]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=cases)
    def check(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=left_out)

    with _one_connection():
        check()
