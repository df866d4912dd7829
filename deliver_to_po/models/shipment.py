"""A shipment: one revision of one parcel on its way to the shipping system; and what was tried with it."""

import secrets
import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.core.signals import setting_changed
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import SimpleLazyObject, empty
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost import lengths
from deliver_to_po.core.choices import HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.core.choices.states import CLOSED, HOLDABLE, OVER
from deliver_to_po.core.choices.tracking import SCANNED
from deliver_to_po.core.conf import BY_CARD, LABEL_STORAGE
from deliver_to_po.core.shop_time import begin_of
from deliver_to_po.core.wording import with_colon
from deliver_to_po.models.delivery import Delivery
from deliver_to_po.models.due import Due
from deliver_to_po.models.parts import OFFICE_REQUIRED, RECIPIENT_REQUIRED, WithOffice, WithRecipient, filled


class NoLabelStorage(Storage):
    """Stands in where the shop configured no storage of labels, so that Django starts and ``check`` can say so."""

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        raise ImproperlyConfigured(f'STORAGES["{LABEL_STORAGE}"] is missing or wrong: run "manage.py check".')

    def _save(self, name: str, content: "File[bytes]") -> str:
        raise ImproperlyConfigured(f'STORAGES["{LABEL_STORAGE}"] is missing or wrong: run "manage.py check".')

    def exists(self, name: str) -> bool:
        return False


def _configured() -> Storage:
    try:
        return storages[LABEL_STORAGE]
    except Exception:  # noqa: BLE001 - it may be anybody's class, and ``check`` says what it raises
        return NoLabelStorage()


# The field keeps what it is given when the model is made; a test may name another storage later.
_labels: Any = SimpleLazyObject(_configured)


def _on_change(*, setting: str, **_kwargs: object) -> None:
    if setting in ("STORAGES", "STATIC_ROOT", "STATIC_URL"):  # Django recreates its storages after these
        _labels._wrapped = empty


setting_changed.connect(_on_change)


def label_storage() -> Storage:
    """Return the private storage of labels, ``STORAGES["deliver_to_po"]``."""
    storage: Storage = _labels
    return storage


def label_name(row: models.Model, filename: str) -> str:
    """Return a name that cannot be guessed, with the extension of ``filename``."""
    return f"{secrets.token_urlsafe(24)}.{filename.rpartition('.')[2]}"


def request_id(delivery_id: uuid.UUID, parcel: int, revision: int) -> str:
    """Return the request id of a shipment: the same for the same revision of the same parcel, always."""
    return uuid.uuid5(delivery_id, f"{parcel}.{revision}").hex


class Shipment(Due, WithRecipient, WithOffice):
    """One revision of one parcel, with the whole request as it was when the parcel was released.

    What its delivery says later changes nothing here: a change makes the next revision.
    """

    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, related_name="shipments", verbose_name=_("delivery")
    )
    parcel = models.PositiveSmallIntegerField(_("parcel"), default=1)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    # Set until the next revision of the parcel may be made; unique, so that one parcel has one such shipment at most.
    open_parcel = models.CharField(
        _("parcel that is under way"), max_length=45, null=True, blank=True, unique=True, editable=False
    )
    state = models.CharField(_("state"), max_length=20, choices=ShipmentState.pairs, default=ShipmentState.WAITING)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason.pairs, blank=True, default=Reason.NONE)
    reason_text = models.TextField(_("what the shipping system said"), blank=True)

    request_id = models.CharField(_("request ID"), max_length=lengths.REQUEST_ID, unique=True)
    system = models.CharField(_("shipping system"), max_length=40, default="default")
    api = models.CharField(_("API"), max_length=20, blank=True)
    service = models.CharField(_("service"), max_length=32)
    options = models.JSONField(_("options"), default=list, blank=True)
    # ``parcel`` is one of so many; quantity and name of what is in it, as the shop said when it was released.
    of_parcels = models.PositiveSmallIntegerField(_("number of parcels"), default=1)
    contents = models.JSONField(_("contents"), default=list, blank=True)
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=9, decimal_places=3)
    length_cm = models.DecimalField(_("length (cm)"), max_digits=7, decimal_places=1)
    width_cm = models.DecimalField(_("width (cm)"), max_digits=7, decimal_places=1)
    height_cm = models.DecimalField(_("height (cm)"), max_digits=7, decimal_places=1)
    group = models.CharField(_("group"), max_length=lengths.GROUP_ID, blank=True)
    mailing_date = models.DateField(_("mailing date"), null=True, blank=True)
    sender = models.JSONField(_("sender"), default=dict, blank=True)

    # Set when the delivery changed after this was frozen: it is voided or refunded, and its next revision is made.
    change_asked_at = models.DateTimeField(_("change asked for"), null=True, blank=True, editable=False)
    requests = models.PositiveIntegerField(_("times sent"), default=0)
    requested_at = models.DateTimeField(_("first sent at"), null=True, blank=True)

    shipment_id = models.CharField(_("shipment ID"), max_length=lengths.SHIPMENT_ID, blank=True)
    tracking_pin = models.CharField(_("tracking number"), max_length=lengths.TRACKING_NUMBER, blank=True)
    # The same, where no other shipment may have it, until this one is closed; a test account repeats its numbers.
    own_tracking_pin = models.CharField(
        _("tracking number of its own"),
        max_length=lengths.TRACKING_NUMBER,
        null=True,
        blank=True,
        unique=True,
        editable=False,
    )
    # When Canada Post was last asked which tracking number the parcel's reference has.
    number_asked_at = models.DateTimeField(_("number asked for"), null=True, blank=True, editable=False)
    system_data = models.JSONField(_("what the shipping system wants to see again"), default=dict, blank=True)
    made_at = models.DateTimeField(_("date made"), null=True, blank=True)
    price = models.DecimalField(_("price (CAD)"), max_digits=9, decimal_places=2, null=True, blank=True)
    label = models.FileField(_("shipping label"), storage=label_storage, upload_to=label_name, blank=True)
    # The names of all files that were ever begun for the label: none of them is lost sight of, whatever crashes.
    label_files = models.JSONField(_("files of the label"), default=list, blank=True, editable=False)
    label_media_type = models.CharField(_("label’s media type"), max_length=60, blank=True)
    labelled_at = models.DateTimeField(_("date of the label"), null=True, blank=True)
    # When the label was last given to somebody to print, to whom, and how often: no parcel is to travel twice.
    printed_at = models.DateTimeField(_("last printed"), null=True, blank=True, editable=False)
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("last printed by"),
    )
    prints = models.PositiveIntegerField(_("times printed"), default=0, editable=False)
    # The job that is to print it next: no other job takes it from the queue meanwhile.
    print_job = models.ForeignKey(
        "PrintJob",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="shipments",
        verbose_name=_("print job"),
    )
    transmitted_at = models.DateTimeField(_("date transmitted"), null=True, blank=True)
    manifest = models.ForeignKey(
        "Manifest",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shipments",
        verbose_name=_("manifest"),
    )
    export = models.ForeignKey(
        "Export",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shipments",
        verbose_name=_("export"),
    )
    created_at = models.DateTimeField(_("date created"), auto_now_add=True)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["delivery", "parcel", "revision"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="d2po_shipment_due"),
            models.Index(fields=["state", "due_at"], name="d2po_shipment_state_due"),
            models.Index(fields=["tracking_pin"], name="d2po_shipment_pin"),
            models.Index(fields=["shipment_id"], name="d2po_shipment_number"),
            models.Index(fields=["made_at"], name="d2po_shipment_made"),
            models.Index(
                fields=["transmitted_at"], condition=Q(transmitted_at__isnull=False), name="d2po_shipment_transmitted"
            ),
            models.Index(fields=["created_at"], condition=Q(lapses__gt=0), name="d2po_shipment_lapsed"),
            models.Index(
                fields=["labelled_at"],
                condition=Q(state="labelled", printed_at=None),
                name="d2po_shipment_to_print",
            ),
            models.Index(
                fields=["group"],
                condition=Q(transmitted_at=None) & ~Q(group="") & ~Q(state__in=OVER),
                name="d2po_shipment_to_transmit",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "parcel", "revision"], name="d2po_one_shipment_per_revision"),
            models.CheckConstraint(condition=Q(state__in=ShipmentState.values), name="d2po_shipment_state_known"),
            models.CheckConstraint(
                # What came back keeps its label's state, and its parcel may be shipped again.
                condition=Q(state__in=["refund_asked", "made", "labelled", "done", "suspended", "attention"])
                | Q(state__in=CLOSED, open_parcel=None)
                | (~Q(state__in=CLOSED) & Q(open_parcel__isnull=False)),
                name="d2po_closed_frees_the_parcel",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["waiting", "requested", "unknown"])
                | filled(OFFICE_REQUIRED + RECIPIENT_REQUIRED),
                name="d2po_unanswered_has_its_request",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["made", "labelled", "done"]) | ~Q(shipment_id=""),
                name="d2po_made_has_shipment_id",
            ),
            models.CheckConstraint(condition=~Q(state="labelled") | ~Q(label=""), name="d2po_labelled_has_label"),
            models.CheckConstraint(
                condition=~Q(state="refunding") | Q(transmitted_at__isnull=False), name="d2po_refund_after_transmission"
            ),
        ]

    def __str__(self) -> str:
        return self.tracking_pin or self.request_id

    @property
    def by_card(self) -> bool:
        """Say whether it is charged to a card when it is made, without a contract: it can be refunded, not voided."""
        return self.api.endswith(BY_CARD)

    @property
    def may_be_in_the_post(self) -> bool:
        """Say whether it may have left the shop: it is transmitted, and without a contract its label was printed too.

        What is charged when it is made is transmitted long before anybody carries it away.
        """
        return self.transmitted_at is not None and not (self.by_card and self.printed_at is None)

    @property
    def is_still_here(self) -> bool:
        """Say whether its parcel is surely in the shop, as ``can_be_kept_back`` says of many."""
        if self.group:
            return self.transmitted_at is None
        return self.state == ShipmentState.LABELLED and not self.printed_at

    @property
    def every_label_file(self) -> list[str]:
        """Return the names of all files that may lie in the storage for it, the label among them."""
        names = [*self.label_files, str(self.label.name or "")]
        return list(dict.fromkeys(filter(None, names)))


# Somebody wants another label instead. What was shipped again has used its label, and goes.
CHANGED = Q(change_asked_at__isnull=False, open_parcel__isnull=False)


def mailed_before(day: date) -> Q:
    """Return the condition that a parcel was to be mailed before that day of the shop; else that it was made before."""
    return Q(mailing_date__lt=day) | Q(mailing_date=None, made_at__lt=begin_of(day))


def newest_revision() -> Q:
    """Return the condition that a shipment is the newest revision of its parcel."""
    later = Shipment.objects.filter(
        delivery=OuterRef("delivery"), parcel=OuterRef("parcel"), revision__gt=OuterRef("revision")
    )
    return ~Q(Exists(later))


def can_be_kept_back() -> Q:
    """Return the condition that a hold still keeps a parcel in the shop.

    One of a group leaves when it is transmitted, any other when its label is printed; what was labelled elsewhere may
    be gone already, and what Canada Post has scanned is.
    """
    until_transmitted = ~Q(group="") & Q(transmitted_at=None)
    until_printed = Q(group="", printed_at=None) & ~Q(state=ShipmentState.DONE)
    return Q(until_transmitted | until_printed, ~Q(tracking__state__in=SCANNED), state__in=HOLDABLE)


class Attempt(models.Model):
    """What was tried with a shipment and how it ended. Holds codes, never bodies."""

    shipment = models.ForeignKey(
        Shipment, on_delete=models.CASCADE, related_name="attempts", verbose_name=_("shipment")
    )
    at = models.DateTimeField(_("date and time"), auto_now_add=True)
    step = models.CharField(_("step"), max_length=20, choices=HandoffStep.pairs)
    request_id = models.CharField(_("request ID"), max_length=lengths.REQUEST_ID)
    outcome = models.CharField(_("result"), max_length=20, choices=Outcome.pairs)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    codes = models.CharField(_("error codes"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["at", "pk"]
        indexes = [
            # The day's summary counts what was voided and refunded.
            models.Index(
                fields=["at"],
                condition=Q(outcome__in=["voided", "refund_asked"]),
                name="d2po_attempt_taking_back",
            ),
        ]
        constraints = [models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="d2po_outcome_known")]

    def __str__(self) -> str:
        return with_colon(self.get_step_display(), self.get_outcome_display())
