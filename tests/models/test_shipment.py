"""A shipment's request id, its label's file, and which revision counts."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Shipment
from deliver_to_po.models.shipment import label_name, label_storage, newest_revision, request_id
from tests.factories import make_delivery, make_shipment


def test_a_request_id_is_the_same_for_the_same_revision_and_no_other() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    asked = [(one, 1, 1), (one, 1, 2), (one, 2, 1), (one, 11, 1), (one, 1, 11), (other, 1, 1)]
    assert len({request_id(*which) for which in asked}) == len(asked)
    # In whatever process and release, in 32 characters: under another id a parcel would be made twice.
    known = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
    assert request_id(known, 1, 1) == "6e0b53dab25c51c6b2b0dc97355e03aa"


def test_a_label_has_a_name_that_nobody_can_guess() -> None:
    names = {label_name(Shipment(), "marie.label.pdf") for _ in range(20)}
    assert len(names) == 20
    assert all(len(name) == len("x" * 32 + ".pdf") and name.endswith(".pdf") for name in names)


def test_every_file_that_was_begun_for_a_label_is_known_once() -> None:
    assert Shipment(label="b.pdf", label_files=["a.pdf", "b.pdf", ""]).every_label_file == ["a.pdf", "b.pdf"]
    assert Shipment(label="c.pdf").every_label_file == ["c.pdf"]
    assert Shipment().every_label_file == []


MISSPELT = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"locaton": "/srv/labels"}}


@pytest.mark.parametrize("wrong", [{}, {"deliver_to_po": MISSPELT}])
def test_without_a_storage_that_can_be_used_no_label_is_kept_anywhere(wrong: Any, settings: Any) -> None:
    others = {name: value for name, value in settings.STORAGES.items() if name != "deliver_to_po"}
    settings.STORAGES = others | wrong
    with pytest.raises(ImproperlyConfigured, match=r'STORAGES\["deliver_to_po"\]'):
        label_storage().save("x.pdf", ContentFile(b"x"))
    with pytest.raises(ImproperlyConfigured, match=r'STORAGES\["deliver_to_po"\]'):
        label_storage().open("x.pdf")
    assert not label_storage().exists("x.pdf")


@pytest.mark.django_db
def test_the_newest_revision_of_each_parcel_counts() -> None:
    delivery = make_delivery()
    make_shipment(delivery, state=ShipmentState.VOIDED)
    second = make_shipment(delivery, revision=2)
    other = make_shipment(delivery, parcel=2)
    # Another delivery's.
    make_shipment(revision=3)
    assert set(delivery.shipments.filter(newest_revision())) == {second, other}
