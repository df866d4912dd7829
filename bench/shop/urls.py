"""The shop's addresses, and the rivals' beside them."""

from django.urls import path

from bench.shop import views
from example_shop.urls import urlpatterns as shop_patterns

urlpatterns = [
    path("bench/ready/", views.ready),
    path("bench/bare/", views.bare),
    path("bench/flat/", views.flat),
    *shop_patterns,
]
