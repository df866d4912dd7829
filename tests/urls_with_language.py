"""A shop whose addresses begin with the language of the page."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = i18n_patterns(path("admin/", admin.site.urls), path("post-office/", include("deliver_to_po.urls")))
