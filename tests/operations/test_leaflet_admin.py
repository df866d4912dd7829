"""The admin starts without GDAL, wherever in INSTALLED_APPS django-leaflet stands."""

import sys
from itertools import permutations
from pathlib import Path
from types import ModuleType

import pytest

from deliver_to_po.operations.leaflet_admin import PostponedModule, postpone_leaflet_admin
from tests.child import start_django

SETTINGS = {"DELIVER_TO_PO": {"ORDER_MODEL": "orders_uuid.Purchase"}}
# The last has in it all that can go wrong: leaflet first, and the admin last.
ORDERS = list(permutations(["deliver_to_po", "django.contrib.admin", "leaflet"]))
REGISTERED = "from django.contrib import admin; print(sorted(model.__name__ for model in admin.site._registry))"


@pytest.mark.parametrize(
    "apps",
    [pytest.param(apps, marks=[] if apps == ORDERS[-1] else pytest.mark.slow) for apps in ORDERS],
    ids=" ".join,
)
def test_the_admin_starts_without_gdal_in_every_order_of_apps(apps: tuple[str, ...]) -> None:
    started = start_django(apps=apps, then=REGISTERED, **SETTINGS)
    assert started.returncode == 0, started.stderr
    assert "'Delivery'" in started.stdout


@pytest.mark.slow
def test_the_first_use_of_leaflets_admin_without_gdal_says_what_django_says() -> None:
    use = "from leaflet.admin import LeafletGeoAdmin"
    started = start_django(apps=("django.contrib.admin", "leaflet", "deliver_to_po"), then=use, **SETTINGS)
    assert started.returncode == 1
    assert "/nonexistent/libgdal.so" in started.stderr.splitlines()[-1]


@pytest.mark.slow
def test_a_shop_without_leaflet_starts_too() -> None:
    started = start_django(apps=("django.contrib.admin", "deliver_to_po"), then=REGISTERED, **SETTINGS)
    assert started.returncode == 0, started.stderr


@pytest.mark.slow
def test_upstream_still_needs_this() -> None:
    """When this fails, django-leaflet no longer imports GeoDjango at module level: delete leaflet_admin.py."""
    started = start_django(apps=("django.contrib.admin", "leaflet"))
    assert started.returncode == 1
    assert "leaflet/admin.py" in started.stderr


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return a package with a module ``admin`` that says when it runs."""
    package = tmp_path / "postponed_shop"
    package.mkdir()
    (package / "__init__.py").write_text("ran = 0\n")
    (package / "admin.py").write_text(
        "import postponed_shop\npostponed_shop.ran += 1\nif postponed_shop.ran == 1:\n    raise OSError('no library')\n"
        "answer = 42\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("postponed_shop", "postponed_shop.admin"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return __import__("postponed_shop")


def test_a_postponed_module_runs_at_its_first_use_and_is_a_plain_module_afterwards(shop: ModuleType) -> None:
    postpone_leaflet_admin("postponed_shop.admin")
    module = sys.modules["postponed_shop.admin"]
    assert isinstance(module, PostponedModule)
    assert not hasattr(module, "__path__")
    assert shop.ran == 0
    with pytest.raises(OSError, match="no library"):
        _ = module.answer
    assert module.answer == 42
    assert type(module) is ModuleType
    assert shop.ran == 2


def test_a_module_that_is_imported_already_stays_as_it_is(shop: ModuleType) -> None:
    imported = ModuleType("postponed_shop.admin")
    sys.modules["postponed_shop.admin"] = imported
    postpone_leaflet_admin("postponed_shop.admin")
    assert sys.modules["postponed_shop.admin"] is imported
