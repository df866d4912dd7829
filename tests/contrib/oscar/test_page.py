"""The page about Oscar: what it shows is little, and works. The shop ``two`` is made of it."""

import ast
from decimal import Decimal

from tests.contrib.oscar.page import modules


def statements(code: str) -> int:
    """Return how many statements there are, but for ``pass``."""
    return sum(isinstance(node, ast.stmt) and not isinstance(node, ast.Pass) for node in ast.walk(ast.parse(code)))


def test_a_shop_writes_fifteen_statements() -> None:
    written = {file: statements(code) for file, code in modules().items()}
    assert sum(number for file, number in written.items() if "partner" not in file) == 15, written


def test_the_strategy_of_the_page_charges_the_taxes_of_a_province() -> None:
    names: dict[str, type] = {}
    exec(modules()["shop/partner/strategy.py"], names)  # noqa: S102
    strategy = names["Selector"]().strategy()
    strategy.post_office = type("Reserved", (), {"province": "QC"})
    # 1.4975, and half a cent is rounded up.
    assert [strategy.tax_on(Decimal(price)) for price in ("10.00", "14.00")] == [Decimal("1.50"), Decimal("2.10")]
    strategy.tax_rates = {"QC": Decimal("0.13")}
    assert strategy.tax_on(Decimal("0.50")) == Decimal("0.07")
