"""Whom the pages are for."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from deliver_to_po.urls import BUYERS_PAGES

LINK = {"language": "fr", "token": "forged"}
VALUES = {"office_id": "102", "parcel": 1, **LINK}
LABEL = {"delivery_id": "0f8fad5b-d9cb-469f-a165-70867728950e", "parcel": 1}
LOGIN = "/accounts/login/"


@pytest.mark.django_db
@pytest.mark.parametrize("route", BUYERS_PAGES, ids=lambda route: route.name)
def test_a_guest_needs_no_login_where_the_shop_asks_everybody_for_one(
    route: Any, client: Client, settings: Any
) -> None:
    settings.MIDDLEWARE = [*configured.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"]
    values = {name: value for name, value in VALUES.items() if name in route.pattern.regex.groupindex}
    answer = client.get(reverse(f"deliver_to_po:{route.name}", kwargs=values))
    assert not answer.get("Location", "").startswith(LOGIN)
    assert client.get(reverse("deliver_to_po:label", kwargs=LABEL))["Location"].startswith(LOGIN)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "values"), [("choose", {}), ("recipient", {}), ("label", LABEL)])
def test_forms_are_protected_against_forgery_whatever_the_shops_middleware(
    name: str, values: dict[str, Any], settings: Any
) -> None:
    settings.MIDDLEWARE = [each for each in configured.MIDDLEWARE if "csrf" not in each]
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse(f"deliver_to_po:{name}", kwargs=values)).status_code == 403
