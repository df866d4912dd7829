"""The shop's addresses: its own pages, the app's, the language switch and the merchant's desk."""

from django.contrib import admin
from django.urls import include, path

from example_shop.views import catalogue, checkout, delivery, orders, payments, provider

shop_patterns = [
    path("", catalogue.home, name="home"),
    path("product/<slug:slug>/", catalogue.product, name="product"),
    path("basket/", catalogue.basket, name="basket"),
    path("basket/coupon/", catalogue.coupon, name="coupon"),
    path("checkout/", checkout.contact, name="checkout"),
    path("checkout/one-page/", checkout.one_page, name="one_page"),
    path("checkout/delivery/", delivery.delivery, name="delivery"),
    path("checkout/review/", checkout.review, name="review"),
    path("checkout/paid/<slug:token>/", payments.returned, name="returned"),
    path("order/<slug:token>/", orders.order, name="order"),
    path("payment-news/", payments.notification, name="notification"),
    # Somebody else's, in truth.
    path("pay/<slug:token>/", provider.pay, name="pay"),
]

urlpatterns = [
    path("", include((shop_patterns, "shop"))),
    path("post-office/", include("deliver_to_po.urls")),
    path("d2po/v1/", include("deliver_to_po.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
