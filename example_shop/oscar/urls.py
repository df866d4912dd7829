"""Oscar's pages, the step's, the admin's, and the switch between the two languages."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.urls import include, path
from oscar.core.loading import get_class

from example_shop.oscar.catalogue import products

pay_elsewhere = get_class("checkout.views", "pay_elsewhere")

shop: Any = apps.get_app_config("oscar")
urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("post-office/", include("deliver_to_po.urls")),
    # Plays another company's page.
    path("pay-elsewhere/<str:token>/", pay_elsewhere, name="pay-elsewhere"),
    path("catalogue/", products),
    path("", include(shop.urls[0])),
]
