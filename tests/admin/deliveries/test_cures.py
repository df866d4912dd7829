"""Buttons of a delivery, and the permission that each asks for."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType

from tests.admin.browsing import listed, text_of
from tests.admin.conftest import Clerk
from tests.factories import make_delivery, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_network")]


@pytest.mark.parametrize(("permission", "shown"), [("view", True), ("change", True), ("add", False)])
def test_who_may_look_at_orders_has_the_button_to_the_order(
    clerk: Clerk, change_settings: Any, permission: str, shown: bool
) -> None:
    change_settings(RELEASE="when_paid")
    delivery = make_delivery(state="held", reason="not_paid", order=make_order())
    client = clerk("view_delivery")
    user, of_order = User.objects.get(), ContentType.objects.get_for_model(delivery.order)
    user.user_permissions.add(Permission.objects.get(content_type=of_order, codename__startswith=permission))
    assert ("Open the order" in text_of(client, delivery)) == shown
    assert ("Open the order" in listed(client).get_text()) == shown
