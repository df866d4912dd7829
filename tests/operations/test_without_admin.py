"""A shop without Django's admin: the step, the API and the shop's own pages work, and there is no desk."""

import pytest

from tests.child import start_django

SHOP = """
import sys
from types import ModuleType
from django.core.checks import ERROR, run_checks
from django.core.management import call_command
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import setup_test_environment
from django.urls import include, path

urls = ModuleType("urls_of_this_shop")
sys.modules["urls_of_this_shop"] = urls
urls.urlpatterns = [
    path("post-office/", include("deliver_to_po.urls")),
    path("d2po/v1/", include("deliver_to_po.api.urls")),
]
setup_test_environment()
call_command("migrate", run_syncdb=True, verbosity=0)

from django.contrib.auth.models import AnonymousUser
from deliver_to_po.shop import choose_for
from tests.orders_uuid.models import Purchase

print(sorted(message.id for message in run_checks() if message.level >= ERROR))
visitor = Client()
step = visitor.get("/post-office/")
order = Purchase.objects.create(number="1001")
delivery = choose_for(order).delivery
label = visitor.get(f"/post-office/label/{delivery.pk}/1/")
contract = visitor.get("/d2po/v1/openapi.json")
print(step.status_code, b"Postal code" in step.content, label.status_code, contract.status_code)
request = RequestFactory().get("/")
request.user = AnonymousUser()
page = Template("{% load deliver_to_po %}{% d2po_desk order %}").render(Context({"request": request, "order": order}))
print("Needs a post office" in page, "admin" in page, "django.contrib.admin.models" in sys.modules)
"""


@pytest.mark.slow
def test_step_api_and_the_shops_own_page_of_an_order_work_without_the_admin() -> None:
    started = start_django(
        apps=("leaflet", "deliver_to_po"),
        then=SHOP,
        ROOT_URLCONF="urls_of_this_shop",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        STATIC_URL="/static/",
        STORAGES={
            name: {"BACKEND": "django.core.files.storage.InMemoryStorage"}
            for name in ("default", "staticfiles", "deliver_to_po")
        },
        MIDDLEWARE=[
            f"django.contrib.{name}Middleware"
            for name in ("sessions.middleware.Session", "auth.middleware.Authentication", "messages.middleware.Message")
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        DELIVER_TO_PO={
            "ORDER_MODEL": "orders_uuid.Purchase",
            "ORDER_ADAPTER": "tests.orders_uuid.adapter.PurchaseAdapter",
            "CANADA_POST": dict.fromkeys(("CLIENT_ID", "CLIENT_SECRET"), "x")
            | {"CUSTOMER_NUMBER": "0007023210", "CONTRACT_ID": "0040000001"},
        },
    )
    assert started.returncode == 0, started.stderr
    assert started.stdout.splitlines() == ["[]", "200 True 404 200", "True False False"]
