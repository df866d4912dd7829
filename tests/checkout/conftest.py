"""What tests of the step share: a shop that mails an empty basket."""

import pytest

from deliver_to_po.adapter import order_adapter


@pytest.fixture(autouse=True)
def _empty_basket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shop mail what is in these visitors' baskets, which is nothing."""
    monkeypatch.setattr(type(order_adapter()), "mailable", lambda _self, _cart: "")
