"""An export: parcels that were handed to a shipping system in one file, and the file's bytes as they were."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliver_to_po.models.parts import by
from deliver_to_po.models.shipment import label_name, label_storage


class Export(models.Model):
    """One file. Its row is there before the file is written, and names it, so that no crash orphans a file.

    It counts once ``claimed_at`` is set, in the transaction that claims its shipments: by then the file is complete.
    """

    system = models.CharField(_("shipping system"), max_length=40, default="default")
    live = models.BooleanField(_("real, not a test"), default=False)
    user = by()
    parcels = models.PositiveIntegerField(_("parcels"), default=0)
    file = models.FileField(_("file"), storage=label_storage, upload_to=label_name, blank=True)
    created_at = models.DateTimeField(_("date created"), auto_now_add=True)
    claimed_at = models.DateTimeField(_("date exported"), null=True, blank=True)
    erased_at = models.DateTimeField(_("date erased"), null=True, blank=True)
    erasure_failed_at = models.DateTimeField(_("erasure failed"), null=True, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at", "-pk"]
        permissions = [("ship_by_hand", _("Can export parcels and enter their tracking numbers"))]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def can_be_downloaded(self) -> bool:
        """Say whether its file is there for good, and not erased yet."""
        return self.claimed_at is not None and self.erased_at is None


def erase_export(export: Export) -> bool:
    """Erase an export: its file first, then mark it. Raises what the storage raises; then it is not marked."""
    if export.file.name:
        export.file.storage.delete(export.file.name)
    return bool(Export.objects.filter(pk=export.pk).update(erased_at=timezone.now()))
