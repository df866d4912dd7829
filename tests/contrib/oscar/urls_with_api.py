"""The Oscar shop, and the step as JSON beside it."""

from django.urls import include, path

from example_shop.oscar.urls import urlpatterns as shops

urlpatterns = [path("d2po/v1/", include("deliver_to_po.api.urls")), *shops]
