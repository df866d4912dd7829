"""What a delivery says of its post office and recipient."""

import dataclasses

import pytest
from django.apps import apps
from django.db import models

from deliver_to_po.core.conf import order_model
from deliver_to_po.models import Delivery
from deliver_to_po.models.delivery import office_fields
from deliver_to_po.models.parts import recipient_fields
from tests.factories import RECIPIENT, build_draft, make_delivery


def test_it_is_complete_with_all_that_a_label_needs() -> None:
    assert build_draft(recipient_address_line_2="", office_location="").complete
    for missing in ("office_id", "recipient_name", "recipient_phone", "recipient_postal_code"):
        assert not build_draft(**{missing: ""}).complete, missing


def test_a_post_office_is_read_as_it_was_kept() -> None:
    office = build_draft().office
    assert (office.office_id, office.city, office.hours is None) == ("0000102978", "Ottawa", False)
    kept = office_fields(office)
    assert build_draft(**kept).office == office
    nowhere = dataclasses.replace(office, coordinates=None, hours=None)
    assert build_draft(**office_fields(nowhere)).office == nowhere


def test_a_recipient_is_read_as_it_was_kept() -> None:
    assert build_draft(**recipient_fields(RECIPIENT)).recipient == RECIPIENT


@pytest.mark.django_db
def test_its_order_is_there_even_if_the_shops_base_manager_leaves_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept(models.Manager[models.Model]):
        def get_queryset(self) -> models.QuerySet[models.Model]:
            return super().get_queryset().none()

    delivery, kept = make_delivery(), Kept()
    kept.model = apps.get_model(order_model())
    monkeypatch.setattr(kept.model._meta, "base_manager", kept)
    assert Delivery.objects.get(pk=delivery.pk).order == delivery.order
