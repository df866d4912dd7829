"""What stands in the admin for the desk until it is asked for: with the same addresses, and then the desk itself."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern
from django.utils.module_loading import import_string

from deliver_to_po.admin.deliveries.delivery_admin import DeliveryAdmin
from deliver_to_po.admin.late_admin import CLASSES, LateAdmin
from deliver_to_po.models import Delivery
from tests.admin.browsing import desk


def addresses(patterns: list[URLPattern]) -> list[tuple[str, str | None]]:
    return [(str(each.pattern), each.name) for each in patterns]


@pytest.mark.parametrize("model", CLASSES)
def test_it_has_the_addresses_of_the_class_and_becomes_it_when_more_is_asked(model: type[Model]) -> None:
    kind = import_string(f"deliver_to_po.admin.{CLASSES[model]}")
    late = LateAdmin(model, AdminSite())
    of_late = addresses(late.urls)
    assert type(late) is LateAdmin
    assert (of_late, late.list_display) == (addresses(kind(model, AdminSite()).get_urls()), kind.list_display)
    assert type(late) is kind
    assert vars(late).keys() == vars(kind(model, AdminSite())).keys()


@pytest.mark.parametrize("kind", [LateAdmin, DeliveryAdmin])
def test_no_page_runs_in_a_transaction_of_the_request(kind: Any) -> None:
    """Many call Canada Post, and what they write must be committed before."""
    pages = kind(Delivery, AdminSite()).urls
    assert [each.name for each in pages if getattr(each.callback, "_non_atomic_requests", ()) != {"default"}] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["delivery_changelist", "by_hand", "day_end", "invoice", "pause_add", "print", "privacy", "table_parcel"]
)
def test_a_form_of_another_site_does_nothing(admin_user: User, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    path = desk(name, uuid4(), 1) if name == "table_parcel" else desk(name)
    assert client.post(path, {"note": "x"}).status_code == 403


def test_a_subclass_of_what_stands_in_says_what_to_subclass() -> None:
    with pytest.raises(TypeError, match=r"deliveries\.delivery_admin\.DeliveryAdmin"):

        class _Own(LateAdmin):
            """A shop's own, which would lose what it changes."""
