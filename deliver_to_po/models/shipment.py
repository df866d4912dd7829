"""A shipment: one revision of one parcel on its way to the shipping system; and what was tried with it."""

import secrets
import uuid

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import InvalidStorageError, Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost import identifiers as ids
from deliver_to_po.choices import HandoffStep, Reason, ShipmentState
from deliver_to_po.conf import LABEL_STORAGE
from deliver_to_po.models.delivery import Delivery

CARRIER_ID_LENGTH = 40
# The longest that Canada Post gives; its XML schema allows 11 to 16 characters.
PIN_LENGTH = 16

CLOSED = (ShipmentState.REFUSED, ShipmentState.VOIDED, ShipmentState.REFUND_ASKED)


class NoLabelStorage(Storage):
    """Stands in where the shop configured no storage of labels, so that Django starts and ``check`` can say so."""

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        raise ImproperlyConfigured(f'STORAGES["{LABEL_STORAGE}"] is missing or wrong: run "manage.py check".')

    def _save(self, name: str, content: "File[bytes]") -> str:
        raise ImproperlyConfigured(f'STORAGES["{LABEL_STORAGE}"] is missing or wrong: run "manage.py check".')

    def exists(self, name: str) -> bool:
        """Say no."""
        return False


def label_storage() -> Storage:
    """Return the private storage of labels, ``STORAGES["deliver_to_po"]``."""
    try:
        return storages[LABEL_STORAGE]
    except InvalidStorageError:
        return NoLabelStorage()


def label_name(shipment: "Shipment", filename: str) -> str:
    """Return a name that cannot be guessed, with the extension of ``filename``."""
    return f"{secrets.token_urlsafe(24)}.{filename.rpartition('.')[2]}"


def request_id(delivery_id: uuid.UUID, parcel: int, revision: int) -> str:
    """Return the request id of a shipment: the same for the same revision of the same parcel, always."""
    return uuid.uuid5(delivery_id, f"{parcel}.{revision}").hex


class Shipment(models.Model):
    """One revision of one parcel. What the request needs beyond the delivery is frozen here before the call."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, related_name="shipments", verbose_name=_("delivery")
    )
    parcel = models.PositiveSmallIntegerField(_("parcel"), default=1)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    open_parcel = models.CharField(_("open parcel"), max_length=45, null=True, blank=True, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=ShipmentState, default=ShipmentState.WAITING)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason, blank=True, default=Reason.NONE)
    reason_text = models.TextField(_("what the shipping system said"), blank=True)

    request_id = models.CharField(_("request ID"), max_length=ids.REQUEST_ID_LENGTH, unique=True)
    system = models.CharField(_("shipping system"), max_length=40, default="default")
    api = models.CharField(_("API"), max_length=20, blank=True)
    service = models.CharField(_("service"), max_length=32)
    options = models.JSONField(_("options"), default=list, blank=True)
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=9, decimal_places=3)
    length_cm = models.DecimalField(_("length (cm)"), max_digits=7, decimal_places=1)
    width_cm = models.DecimalField(_("width (cm)"), max_digits=7, decimal_places=1)
    height_cm = models.DecimalField(_("height (cm)"), max_digits=7, decimal_places=1)
    group_id = models.CharField(_("group"), max_length=32, blank=True)
    mailing_date = models.DateField(_("mailing date"), null=True, blank=True)
    sender = models.JSONField(_("sender"), default=dict, blank=True)

    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    lease = models.UUIDField(_("lease"), null=True, blank=True, editable=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    step_tries = models.PositiveIntegerField(_("tries of the current step"), default=0)
    requests = models.PositiveIntegerField(_("times requested"), default=0)
    requested_at = models.DateTimeField(_("first requested at"), null=True, blank=True)

    carrier_id = models.CharField(_("shipment ID"), max_length=CARRIER_ID_LENGTH, blank=True)
    tracking_pin = models.CharField(_("tracking number"), max_length=PIN_LENGTH, blank=True)
    links = models.JSONField(_("links"), default=list, blank=True)
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    label = models.FileField(_("shipping label"), storage=label_storage, upload_to=label_name, blank=True)
    label_media_type = models.CharField(_("label's media type"), max_length=60, blank=True)
    labelled_at = models.DateTimeField(_("labelled at"), null=True, blank=True)
    transmitted_at = models.DateTimeField(_("transmitted at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["delivery", "parcel", "revision"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="d2po_shipment_due"),
            models.Index(fields=["tracking_pin"], name="d2po_shipment_pin"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "parcel", "revision"], name="d2po_one_shipment_per_revision"),
            models.CheckConstraint(condition=Q(state__in=ShipmentState.values), name="d2po_shipment_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["made", "labelled"]) | ~Q(carrier_id=""), name="d2po_made_has_shipment_id"
            ),
            models.CheckConstraint(condition=~Q(state="labelled") | ~Q(label=""), name="d2po_labelled_has_label"),
        ]

    def __str__(self) -> str:
        return self.tracking_pin or self.request_id


class Attempt(models.Model):
    """What was tried with a shipment and how it ended. Holds codes, never bodies."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="tries", verbose_name=_("shipment"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    step = models.CharField(_("what"), max_length=20, choices=HandoffStep)
    request_id = models.CharField(_("request ID"), max_length=ids.REQUEST_ID_LENGTH)
    outcome = models.CharField(_("outcome"), max_length=60)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    codes = models.CharField(_("codes"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.outcome}"
