"""URLs of the test project: those of the example shop, or the step and the admin beside the second shop's orders."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

if "example_shop" in settings.INSTALLED_APPS:
    urlpatterns = [path("", include("example_shop.urls"))]
else:
    urlpatterns = [
        path("admin/", admin.site.urls),
        path("i18n/", include("django.conf.urls.i18n")),
        path("post-office/", include("deliver_to_po.urls")),
    ]
