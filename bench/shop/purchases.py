"""Purchases in the shop's own process: how many statements and how much processor time one takes, by its method."""

import json
import time
from statistics import median
from typing import Any

from django.db import connection
from django.template.base import Template
from django.test.client import ClientHandler
from django.test.utils import setup_test_environment

from tests.example_shop.buyer import Buyer

# Bought by each method before anything is measured, and then.
WARM, TIMES = 3, 20
METHODS = ("home", "post_office")
# One for all buyers: a shop that runs loads its middleware and looks for its static files once.
SHOP = ClientHandler(enforce_csrf_checks=False)
# What a buyer reads before its form is sent, whoever they are.
READ = ("deliver_to_po:choose", "shop:review")


class Browser(Buyer):
    """A buyer whose browser asks for each page before its form is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.client.handler = SHOP

    def post(self, name: str, data: dict[str, Any], *args: object) -> Any:
        """Ask for the page, unless it has been read, and send its form."""
        if name not in READ:
            self.get(name, *args)
        return super().post(name, data, *args)


class Statements:
    """Counts what is executed, as a wrapper of the connection's."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Count one, and execute it."""
        self.count += 1
        return execute(sql, params, many, context)


def buy_in_turns() -> str:
    """Buy by each method in turns; return as JSON for each seconds, statements, and those of the list of methods."""
    _be_in_a_test()
    bought: dict[str, list[tuple[float, int, int]]] = {method: [] for method in METHODS}
    for _ in range(WARM + TIMES):
        for method in METHODS:
            bought[method].append(_purchase(method))
    return json.dumps({method: [*map(median, zip(*rows[WARM:], strict=True))] for method, rows in bought.items()})


def _be_in_a_test() -> None:
    """Let the shop's own process be a test's, but render its templates as it does."""
    template: Any = Template
    render = template._render
    setup_test_environment(debug=False)
    # Tests hear of each template that is rendered, and keep a copy of what it was given: no shop pays for that.
    template._render = render


def _purchase(method: str) -> tuple[float, int, int]:
    buyer, counted = Browser(), Statements()
    with connection.execute_wrapper(counted):
        began = time.process_time()
        buyer.put_into_basket("wool-blanket")
        buyer.get("shop:basket")
        buyer.go_to_review(method)
        buyer.client.get(buyer.place_order()["location"])
        seconds, statements = time.process_time() - began, counted.count
        buyer.put_into_basket("wool-blanket")
        buyer.say_who()
        before = counted.count
        buyer.get("shop:delivery")
    return seconds, statements, counted.count - before
