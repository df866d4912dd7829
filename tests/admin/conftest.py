"""Clerks with and without permissions, and Canada Post on this machine."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from tests.factories import make_delivery

Clerk = Callable[..., Client]


@pytest.fixture
def clerk(db: None) -> Clerk:
    """Return a function that makes a browser in which a clerk with some of the app's permissions is logged in."""

    def log_in(*permissions: str) -> Client:
        user = User.objects.create_user("clerk", password="secret", is_staff=True)
        user.user_permissions.set(
            Permission.objects.filter(content_type__app_label="deliver_to_po", codename__in=permissions)
        )
        client = Client()
        client.force_login(user)
        return client

    return log_in


def deliver_to(emulator: EmulatorServer, **fields: Any) -> Delivery:
    """Return a delivery to an office that the emulator offers."""
    office = emulator.world.offices(d2po_only=True)[0]
    return make_delivery(
        office_id=office.office_id, office_latitude=office.latitude, office_longitude=office.longitude, **fields
    )
