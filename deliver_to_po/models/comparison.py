"""What a shipping system lists of what it holds, compared with the shop's own rows, and what of it differs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost import lengths
from deliver_to_po.core.choices import Compared, Differs


class Difference(NamedTuple):
    """One shipment that is not on both lists, by the system's own id.

    ``row`` and ``delivery`` are the primary keys of ours that it belongs to, if any. ``kind`` is ``""`` while nobody
    has asked about it yet.
    """

    shipment_id: str
    kind: str = ""
    tracking_number: str = ""
    request_id: str = ""
    reference: str = ""
    row: int | None = None
    delivery: str = ""

    @property
    def is_only_there(self) -> bool:
        """Say whether the system has it and no row here."""
        return self.kind not in (Differs.TRANSMITTED, Differs.GONE, Differs.NOT_LISTED)


class Comparison(models.Model):
    """One list of a shipping system: a group, a manifest, or without a contract a day. Asked again it is the same row.

    ``differences`` are what ``asdict`` makes of each; ``left`` are the ids of shipments that a person has left to
    another shop or had refunded, so that ``differing`` does not count them.
    """

    system = models.CharField(_("shipping system"), max_length=40, default="default")
    api = models.CharField(_("API"), max_length=20, blank=True)
    live = models.BooleanField(_("real, not a test"), default=False)
    what = models.CharField(_("what is compared"), max_length=20, choices=Compared.pairs)
    name = models.CharField(_("name"), max_length=lengths.SHIPMENT_ID)
    theirs = models.PositiveIntegerField(_("parcels that the shipping system lists"), default=0)
    ours = models.PositiveIntegerField(_("parcels that are known here"), default=0)
    differences = models.JSONField(_("differences"), default=list, blank=True)
    left = models.JSONField(_("left to another shop"), default=list, blank=True)
    differing = models.PositiveIntegerField(_("parcels that differ"), default=0)
    asked_at = models.DateTimeField(_("compared at"), null=True, blank=True)

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        constraints = [
            models.UniqueConstraint(fields=["system", "api", "live", "what", "name"], name="d2po_one_comparison"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def still_theirs(self) -> int:
        """Return how many the system lists, without those that are left to another shop or were refunded."""
        return self.theirs - len(self.left)

    @property
    def found(self) -> Sequence[Difference]:
        """Return what differs, what was left to another shop included."""
        return [Difference(**row) for row in self.differences]

    @property
    def open_ones(self) -> Sequence[Difference]:
        """Return what differs, does not go on by itself and is not left to another shop."""
        return [one for one in self.found if one.shipment_id not in self.left and one.kind != Differs.GOES_ON]

    def keep(self, found: Sequence[Difference], *, left: Collection[str] = (), **fields: int | datetime) -> None:
        """Keep what differs now, and ``fields``; ``left`` are more shipments that a person leaves to another shop."""
        with transaction.atomic():
            # A person may have left something to another shop since this row was read.
            self.left = type(self).objects.select_for_update().values_list("left", flat=True).get(pk=self.pk)
            ids = [one.shipment_id for one in found]
            self.differences = [one._asdict() for one in found]
            self.left = [each for each in ids if each in self.left or each in left]
            self.differing = len(self.open_ones)
            for name, value in fields.items():
                setattr(self, name, value)
            self.save(update_fields=["differences", "left", "differing", *fields])
