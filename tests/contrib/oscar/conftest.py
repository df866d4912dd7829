"""An Oscar shop with a buyer in it. Its settings are a project's own, so it has a process of its own."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

HERE = Path(__file__).parent
# The shop ``two`` of ``settings`` has no taxes, and one service.
OF_BOTH_SHOPS = ("test_any_checkout.py", "test_buying.py", "test_checks.py")

# `make test` runs them after all others: scripts/test.py.
if not apps.is_installed("oscar"):
    collect_ignore_glob = ["test_*.py"]
else:
    from tests.contrib.oscar.settings import SHOP

    if SHOP == "two":
        collect_ignore = [file.name for file in HERE.glob("test_*.py") if file.name not in OF_BOTH_SHOPS]

    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from oscar.core.loading import get_model
    from pytest_django import DjangoDbBlocker

    from deliver_to_po.emulator.server import EmulatorServer
    from tests.contrib.oscar.buyer import Buyer

    def fill() -> None:
        """Fill the shop, with what a demo has too."""
        with pytest.warns(UserWarning, match="not implemented in this backend"):
            call_command("seed", stdout=StringIO())

    @pytest.fixture(scope="session")
    def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
        """Fill the shop once: every test leaves it as it was, but for those with a browser."""
        with django_db_blocker.unblock():
            fill()

    @pytest.fixture
    def filled(db: None) -> None:
        """Fill the shop again, where a browser's test has emptied it."""
        if not get_model("catalogue", "Product").objects.exists():
            fill()

    @pytest.fixture
    def buyer(filled: None, emulator: EmulatorServer) -> Buyer:
        """Return a guest with a blanket in the basket, 148.00."""
        guest = Buyer()
        guest.put_into_basket("wool-blanket")
        return guest

    @pytest.fixture
    def ready(buyer: Buyer) -> Buyer:
        """Return the same on the last page, with a post office in Ontario."""
        buyer.go_to_preview()
        return buyer

    @pytest.fixture
    def customer(filled: None, emulator: EmulatorServer) -> Buyer:
        """Return somebody who has signed in, with the same in the basket."""
        somebody = Buyer(get_user_model().objects.get(email="buyer@tilleul.example"))
        somebody.put_into_basket("wool-blanket")
        return somebody

    @pytest.fixture(params=["buyer", "customer"])
    def anybody(request: pytest.FixtureRequest, filled: None) -> Any:
        """Return a guest, then somebody who has signed in."""
        return request.getfixturevalue(request.param)
