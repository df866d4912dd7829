"""Whether labels can be kept: the doctor writes a file where they lie, reads it, and deletes it again."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from django.core.files.storage import FileSystemStorage, Storage
from django.utils.translation import gettext as _

from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.handoff.stored_files import what_failed, write_file
from deliver_to_po.models.shipment import label_storage

# As large as a label with a picture in it: a disk may have room for less.
CONTENT = b"doctor " * 40_000


def storage() -> Finding:
    """Return whether whoever runs the doctor can write, read and delete what lies beside the labels."""
    subject, kept = _("Label storage"), label_storage()
    missing = _folders_not_there(kept)
    try:
        _try_out(kept)
    except Exception as error:  # noqa: BLE001 - a storage that somebody else wrote raises whatever it likes
        says = _("a file could not be written, read and deleted: %(why)s") % {"why": what_failed(error)}
        todo = _(
            "Let the user that runs the workers write to the storage “deliver_to_po”, and look whether it is full. "
            "Then run the doctor again as that user."
        )
        return Finding(subject, Verdict.WRONG, says, todo)
    finally:
        for folder in missing:
            # The workers could not write to a folder that another user makes.
            with suppress(OSError):
                folder.rmdir()
    return Finding(subject, Verdict.OK, _("a file could be written, read and deleted"))


def _try_out(kept: Storage) -> None:
    name = f"doctor-{secrets.token_hex(16)}.txt"
    try:
        name = write_file(kept, name, CONTENT)
        with kept.open(name) as file:
            file.read()
        kept.delete(name)
    except Exception:
        with suppress(Exception):
            kept.delete(name)
        raise


def _folders_not_there(kept: Storage) -> Sequence[Path]:
    """Return the folders that a file would make, the innermost first."""
    if not isinstance(kept, FileSystemStorage):
        return []
    folder = Path(kept.location)
    return [each for each in (folder, *folder.parents) if not each.exists()]
