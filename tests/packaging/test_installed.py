"""The wheel as it is installed: in a shop that has orders already, until it is taken out again."""

import shutil
import socket
import subprocess
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT, Run, outside

pytestmark = pytest.mark.slow

SHOP = {
    "shop/models.py": """
from django.db import models


class Order(models.Model):
    to_post_office = models.BooleanField()
""",
    "shop/post_offices.py": """
from deliver_to_po.adapter import OrderAdapter


class ShopAdapter(OrderAdapter):
    def parcels(self, order): ...

    def ship_from(self, order): ...

    def goes_to_post_office(self, order):
        return order.to_post_office

    def next_url(self, request):
        return "/review/"

    def home_delivery_url(self, request):
        return "/home/"
""",
    "mysite/before.py": """
from mysite.settings import *

INSTALLED_APPS += ["shop"]
""",
    "mysite/after.py": """
from mysite.before import *

INSTALLED_APPS += ["leaflet", "deliver_to_po"]
ROOT_URLCONF = "mysite.urls_after"
DELIVER_TO_PO = {
    "ORDER_MODEL": "shop.Order",
    "ORDER_ADAPTER": "shop.post_offices.ShopAdapter",
    "CANADA_POST": {
        "CLIENT_ID": "x",
        "CLIENT_SECRET": "x",
        "CUSTOMER_NUMBER": "0007023210",
        "CONTRACT_ID": "0040000001",
    },
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "deliver_to_po": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": BASE_DIR / "labels", "base_url": None},
    },
}
""",
    "mysite/urls_after.py": """
from django.urls import include, path

from mysite.urls import urlpatterns

urlpatterns = [*urlpatterns, path("post-office/", include("deliver_to_po.urls"))]
""",
}
ORDERS = """
from shop.models import Order
Order.objects.create(to_post_office=True)
Order.objects.create(to_post_office=False)
"""
# An order from before has no delivery, and every call says so; it may be given one.
OLD_ORDERS = """
from django.db.models import ProtectedError
from deliver_to_po import errors, shop
from shop.models import Order
there, home = Order.objects.order_by("pk")
print([(shop.delivery_of(order), shop.require_choice(home), shop.release(order).value, shop.cancel(order).value,
    shop.hold(order), shop.collected_at(order)) for order in (there, home)])
try:
    shop.require_choice(there)
except errors.ChoiceRequired:
    print("a choice is required")
home.delete()
print(shop.choose_for(there).delivery.state)
try:
    there.delete()
except ProtectedError:
    print("protected")
"""
WITHOUT = """
from django.db import connection
from shop.models import Order
tables = connection.introspection.table_names()
print(Order.objects.get().delete()[0], [name for name in tables if name.startswith("deliver_to_po")])
"""


def test_a_shop_with_orders_puts_it_in_answers_buyers_and_takes_it_out_again(
    run: Run, installed: Path, tmp_path: Path
) -> None:
    run("-m", "django", "startproject", "mysite", ".")
    run("manage.py", "startapp", "shop")
    for name, text in SHOP.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    before, after = "--settings=mysite.before", "--settings=mysite.after"
    run("manage.py", "makemigrations", "shop", before)
    run("manage.py", "migrate", before)
    run("manage.py", "shell", before, "--command", ORDERS)

    run("manage.py", "migrate", after)
    run("manage.py", "check", after)
    assert run("manage.py", "shell", "--verbosity=0", after, "--command", OLD_ORDERS).splitlines() == [
        str([(None, None, "nothing", "nothing", False, None)] * 2),
        "a choice is required",
        "needs_choice",
        "protected",
    ]
    assert "Choose your post office" in first_page(installed, tmp_path)

    run("manage.py", "migrate", "deliver_to_po", "zero", after)
    run("manage.py", "check", before)
    assert run("manage.py", "shell", "--verbosity=0", before, "--command", WITHOUT) == "1 []\n"


def first_page(python: Path, folder: Path) -> str:
    """Return the first page of the step, as a server of this shop answers it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [str(python), "manage.py", "runserver", "--noreload", "--settings=mysite.after", address]
    with subprocess.Popen(command, cwd=folder, env=outside(), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            next(line for line in server.stdout if address in line)
            page: bytes = urllib.request.urlopen(f"http://{address}/post-office/", timeout=60).read()
        finally:
            server.terminate()
    return page.decode()


def test_an_order_of_the_example_shop_gets_its_label_with_the_wheel(run: Run, tmp_path: Path) -> None:
    for name in ("example_shop", "tests", "conftest.py", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    where = run("-c", "import deliver_to_po; print(deliver_to_po.__file__)").strip()
    assert "site-packages" in where
    told = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/example_shop/test_post_office_order.py")
    assert " passed" in told.splitlines()[-1]
