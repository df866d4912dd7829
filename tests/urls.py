"""URLs of the test project: the step and the admin, and the example shop where it is the shop under test."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("post-office/", include("deliver_to_po.urls")),
]
if "example_shop" in settings.INSTALLED_APPS:
    urlpatterns.append(path("", include("example_shop.urls")))
