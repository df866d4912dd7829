"""The example shop's pages, each address beginning with its language."""

from django.conf.urls.i18n import i18n_patterns

from example_shop.urls import urlpatterns as pages

urlpatterns = i18n_patterns(*pages)
