"""What tests of the door share: a shop whose adapter says what a test wants, until it is mended."""

from collections.abc import Callable
from typing import Any

import pytest

from deliver_to_po.adapter import order_adapter

ShopSays = Callable[[str, Any], None]


@pytest.fixture
def shop_says() -> Any:
    """Return a function that sets one answer of the adapter: a value, or a function of what it is asked about.

    ``mend`` undoes all of them.
    """
    patches = pytest.MonkeyPatch()

    def say(question: str, answer: Any) -> None:
        given = answer if callable(answer) else lambda _: answer
        patches.setattr(type(order_adapter()), question, lambda self, subject: given(subject))

    say.mend = patches.undo  # type: ignore[attr-defined]
    yield say
    patches.undo()
