"""Oscar's pages, with its switch between languages, and the step's."""

from typing import Any

from django.apps import apps
from django.urls import include, path

shop: Any = apps.get_app_config("oscar")
urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("post-office/", include("deliver_to_po.urls")),
    path("", include(shop.urls[0])),
]
