"""The storage of labels."""

import pytest
from django.core.files.storage import Storage

from deliver_to_po.models.shipment import label_storage


@pytest.fixture
def labels() -> Storage:
    storage: Storage = label_storage()
    return storage
