"""What a newcomer copies out of the how-to pages works: it is put together, checked for types, and run."""

import re
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.test import override_settings

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost.constraints import check_parcel, check_sender
from deliver_to_po.emulator.config import EmulatorConfig
from deliver_to_po.operations.checks import carrier, languages, shape, surroundings
from deliver_to_po.operations.checks.adapter import REQUIRED_METHODS
from tests.docs.copied import GUIDE, HOW_TO, JSON_API, OSCAR, PAGES, ROOT, Project, blocks_of, ran, shop_of_the_guide

# Its settings exclude those of the guide's shop; test_other_shipping_page.py runs them.
OTHER_SHIPPING = HOW_TO / "other-shipping-systems.md"
DOORS = {
    f"deliver_to_po.{door}"
    for door in (
        "adapter",
        "emulator.server",
        "errors",
        "shipping",
        "shipping.dummy",
        "shop",
        "signals",
        "testing.checkouts",
        "testing.emulated",
        "testing.shipping_systems",
    )
} | {"deliver_to_po"}  # from deliver_to_po import shipping
IMPORT = re.compile(r"^\s*(?:from|import) (deliver_to_po\S*)(?: import (\w+))?", re.MULTILINE)
STRICT = """
[mypy]
strict = True
plugins = mypy_django_plugin.main
# Of ours, only what is copied is judged here.
follow_imports = silent
[mypy.plugins.django-stubs]
django_settings_module = mysite.settings
"""
# Tests of the copied shop that no page shows: of home delivery, and of an answer that a provider sends again.
NOT_SHOWN = """
import pytest
from django.test import Client
from django.urls import reverse

from deliver_to_po.shop import delivery_of, place
from shop import provider
from shop.models import Order


def paid(metadata, goods="32.05"):
    return {"answer": provider.signed(provider.Payment("pay_1", goods, "9.95", "CAD", metadata, succeeded=True))}


@pytest.mark.django_db
def test_what_a_clerk_has_let_go_on_is_not_held_again_by_the_same_answer(client: Client, monkeypatch) -> None:
    held = []
    monkeypatch.setattr("shop.payments.hold", lambda *said: held.append(said))
    for _ in range(2):
        client.post(reverse("payment-answer"), paid({"post_office_choice": "unknown"}, goods="1.00"))
    assert len(held) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("checkout-place", {"seen": ""}),
        ("payment-answer", paid({})),
        ("payment-answer", paid({"post_office_choice": "unknown"})),
    ],
)
def test_an_order_that_goes_home_gets_no_delivery(page, sent, client: Client, monkeypatch) -> None:
    monkeypatch.setattr(Order._meta.get_field("shipping_method"), "default", "home")
    assert client.post(reverse(page), sent).status_code in (200, 302)
    order = Order.objects.get()
    assert order.shipping_method == "home"
    assert delivery_of(order) is None
    # A shop that calls `place` all the same gets none either.
    assert place(order, "unknown", paid=True) is None
    assert delivery_of(order) is None
    shown = client.get(reverse("order", args=[order.token]))
    assert (shown.status_code, b"d2po-summary" in shown.content) == (200, False)
    assert client.get(reverse("order", args=[order.number])).status_code == 404


@pytest.mark.django_db
def test_the_page_around_the_step_says_its_language(client: Client) -> None:
    assert '<html lang="fr">' in client.get(reverse("deliver_to_po:choose"), HTTP_ACCEPT_LANGUAGE="fr-CA").text
"""
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def block_with(page: Path, text: str) -> str:
    return next(block.code for block in blocks_of(page) if text in block.code)


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a block of code, with some names known to it, and returns the names that it makes."""
    return partial(ran, tmp_path)


@pytest.fixture
def adapter(run: Run, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the guide's adapter, of a shop whose order is anything."""
    models = ModuleType("shop.models")
    monkeypatch.setattr(models, "Order", SimpleNamespace, raising=False)
    monkeypatch.setitem(sys.modules, "shop.models", models)
    return run(block_with(GUIDE, "class ShopAdapter"))["ShopAdapter"]()


@each_page
def test_every_block_says_which_file_it_is_for(page: Path) -> None:
    blocks = list(blocks_of(page))
    assert blocks
    assert [block.code for block in blocks if not block.file] == []


def test_no_other_page_has_code_that_no_test_runs() -> None:
    pages = {*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if "```python" in page.read_text(encoding="utf-8")} == {
        *PAGES,
        OTHER_SHIPPING,
        OSCAR,
        JSON_API,
    }


@each_page
def test_code_to_copy_imports_from_doors_only(page: Path) -> None:
    imported = {module for block in blocks_of(page) for module, _ in IMPORT.findall(block.code)}
    assert imported <= DOORS
    packages = {name for block in blocks_of(page) for module, name in IMPORT.findall(block.code) if "." not in module}
    assert packages <= {"shipping"}


@pytest.mark.slow
def test_code_to_copy_passes_a_strict_type_checker(tmp_path: Path) -> None:
    project = shop_of_the_guide(tmp_path)
    (tmp_path / "mypy.ini").write_text(STRICT, encoding="utf-8")
    cache = ROOT / ".mypy_cache" / "copied"
    told = project.run("-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", str(cache), *project.modules)
    assert f"no issues found in {len(project.modules)} source files" in told


@pytest.mark.slow
def test_a_shop_made_of_the_how_to_pages_sells_and_gets_its_labels(tmp_path: Path) -> None:
    project = shop_of_the_guide(tmp_path)
    assert "deliver_to_po.W012" in project.manage("makemigrations", "shop")
    assert "no issues" in project.manage("check")
    project.manage("migrate")
    (tmp_path / "pytest.ini").write_text("[pytest]\nDJANGO_SETTINGS_MODULE = mysite.settings\n", encoding="utf-8")
    (tmp_path / "shop" / "tests" / "test_not_shown.py").write_text(NOT_SHOWN, encoding="utf-8")
    told = project.run("-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider")
    assert re.search(r"^\d+ passed", told.splitlines()[-1])
    assert re.search(r"^Ran [1-9]", project.manage("test"), re.MULTILINE)
    # The tests that the pages show, beside those that come with the package for shipping systems.
    shown = set(
        re.findall(r"^def (test_\w+)", "".join(block.code for page in PAGES for block in blocks_of(page)), re.MULTILINE)
    )
    collected = project.run("-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider")
    assert len(shown) == 1
    assert all(name in collected for name in (*shown, "test_an_order_that_goes_home_gets_no_delivery"))


@pytest.mark.slow
def test_a_shop_made_of_the_guide_alone_lacks_nothing_but_a_worker(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.copy(GUIDE)
    project.manage("makemigrations", "shop")
    assert set(re.findall(r"deliver_to_po\.[EW]\d+", project.manage("check"))) == {"deliver_to_po.W059"}


def test_readmes_first_screen_says_what_is_not_known() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:25])
    for words in ("nobody has used it with the live Canada Post yet", "make demo", "**You need**", "docs/images/"):
        assert words in first_screen


def test_the_settings_to_copy_need_nothing_but_the_accounts_own_values(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANADA_POST_CUSTOMER_NUMBER", "0001234567")
    monkeypatch.setenv("CANADA_POST_CONTRACT_ID", "0040000000")
    before = {
        "BASE_DIR": Path("/srv/shop"),
        "DATABASES": {"default": {}},
        "INSTALLED_APPS": [],
        "MIDDLEWARE": ["django.contrib.sessions.middleware.SessionMiddleware"],
    }
    made = run(block_with(GUIDE, "DELIVER_TO_PO = {"), **before)
    assert {"default", "staticfiles", "deliver_to_po"} == set(made["STORAGES"])
    names = ("DELIVER_TO_PO", "LANGUAGES", "LEAFLET_CONFIG", "STORAGES", "MIDDLEWARE")
    with override_settings(**{name: made[name] for name in names}):
        assert shape.check_settings() == []
        assert {str(message.msg) for message in carrier.check_canada_post()} == {
            f'DELIVER_TO_PO["CANADA_POST"]["{key}"] is empty, or has white space around it.'
            for key in ("CLIENT_ID", "CLIENT_SECRET")
        }
        assert languages.check_languages() == []
        for check in (surroundings.check_label_storage, surroundings.check_map_tiles, languages.check_middleware):
            assert check() == []


def test_the_emulator_knows_the_customer_that_is_to_be_copied(run: Run) -> None:
    written = run(block_with(GUIDE, '"emulator-secret"'), DELIVER_TO_PO={})["DELIVER_TO_PO"]["CANADA_POST"]
    known = EmulatorConfig()
    for key in ("client_id", "client_secret", "customer_number", "contract_id"):
        assert written[key.upper()] == getattr(known, key)
    with override_settings(DELIVER_TO_PO={"CANADA_POST": written}):
        assert carrier.check_canada_post() == []


def test_the_adapter_to_copy_is_whole_and_keeps_canada_posts_rules(adapter: Any) -> None:
    assert set(REQUIRED_METHODS) <= set(vars(type(adapter)))
    parcels = adapter.parcels(SimpleNamespace())
    assert [list(check_parcel(parcel)) for parcel in parcels] == [[]]
    assert isinstance(parcels[0].weight_kg, Decimal)
    assert list(check_sender(adapter.ship_from(SimpleNamespace()))) == []


def test_the_adapter_to_copy_takes_guests(adapter: Any) -> None:
    request = HttpRequest()
    request.user = AnonymousUser()
    assert adapter.recipient(request) == RecipientSuggestion()
    request.user = User(first_name="Marie", last_name="Côté", email="marie@example.com")
    assert adapter.recipient(request) == RecipientSuggestion(name="Marie Côté", email="marie@example.com")


def test_the_admin_site_to_copy_has_every_page_of_the_desk(run: Run) -> None:
    copied = run(block_with(GUIDE, "def add_the_desk"))
    copied["add_the_desk"]()
    ours = apps.get_app_config("deliver_to_po").get_models()
    expected = {model for model in ours if site.is_registered(model)}
    assert expected
    assert set(copied["desk"]._registry) == expected
    assert all(type(copied["desk"].get_model_admin(model)) is type(site.get_model_admin(model)) for model in expected)
