"""Files of the private storage: written under a name that their row holds before, readable for the shop alone."""

import logging
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage
from django.db import Error
from django.db.models import Model
from django.db.models.fields.files import FieldFile

from deliver_to_po.models import Shipment

log = logging.getLogger(__name__)


class StorageFailed(Exception):
    """The storage raised something, which may hold anything and is not kept. The log has what kind it was."""


def what_failed(error: Exception) -> str:
    """Return what may be told of what a storage raised: the words of this machine, else its kind."""
    return getattr(error, "strerror", None) or type(error).__name__


def write_file(storage: Storage, name: str, content: bytes) -> str:
    """Write a file under a name that is nobody else's, and return the name that it got."""
    written = storage.save(name, ContentFile(content))
    if isinstance(storage, FileSystemStorage):
        # For the shop's own user only.
        Path(storage.path(written)).chmod(0o600)
    return written


def delete_former(row: Model, storage: Storage, name: str) -> None:
    """Delete a file that counts no longer for ``row``; that the storage does not let it go is only logged."""
    try:
        storage.delete(name)
    except Error:
        raise
    except Exception as error:
        # A storage that somebody else wrote raises whatever it likes.
        # Its name, which the row may hold no longer.
        log.error("File %s of %s %s is not deleted: %s", name, type(row).__name__, row.pk, what_failed(error))


def read_whole(kept: FieldFile) -> "File[bytes]":
    """Return a kept file in memory. Raises what the storage raises, which may be when it is read and not opened."""
    with kept.open("rb") as file:
        return ContentFile(file.read())


def read_label(shipment: Shipment) -> bytes | None:
    """Return what the file of a shipment's label holds, None if it is missing. Raises StorageFailed."""
    try:
        whole: bytes = read_whole(shipment.label).read()
    except FileNotFoundError:
        return None
    except Exception as error:
        # A storage that somebody else wrote raises whatever it likes.
        log.warning("Label of shipment %s cannot be read: %s", shipment.pk, type(error).__name__)
        raise StorageFailed from None
    return whole


def media_type_of(shipment: Shipment) -> str:
    """Return the media type of a label as it was kept, without parameters."""
    return shipment.label_media_type.partition(";")[0].strip().lower()
