"""Clerks with and without permissions, and Canada Post on this machine."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, PermissionsMixin, User
from django.test import Client

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery, Shipment
from tests.factories import make_delivery, make_shipment

Clerk = Callable[..., Client]
PIN = "7023210039414604"


@pytest.fixture
def clerk(db: None, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """Return a function that makes a browser in which a clerk with some of the app's permissions is logged in.

    The admin asks a user model for ``has_perm`` alone, and so do we.
    """
    monkeypatch.delattr(PermissionsMixin, "has_perms")

    def log_in(*permissions: str) -> Client:
        user = User.objects.create_user("clerk", password="secret", is_staff=True)
        user.user_permissions.set(
            Permission.objects.filter(content_type__app_label="deliver_to_po", codename__in=permissions)
        )
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a page asks Canada Post anything while it renders."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a page of the desk made a call")

    monkeypatch.setattr("requests.Session.send", refuse)


def deliver_to(emulator: EmulatorServer, **fields: Any) -> Delivery:
    """Return a delivery to an office that the emulator offers."""
    office = emulator.world.offices(d2po_only=True)[0]
    return make_delivery(
        office_id=office.office_id,
        office_province=office.province,
        office_latitude=office.latitude,
        office_longitude=office.longitude,
        **fields,
    )


def labelled(delivery: Delivery | None = None, **fields: Any) -> Shipment:
    values = {
        "state": ShipmentState.LABELLED,
        "shipment_id": "347881315405043891",
        "tracking_pin": PIN,
        "label": "label.pdf",
        "label_media_type": "application/pdf",
        "due_at": None,
    }
    return make_shipment(delivery, **{**values, **fields})
