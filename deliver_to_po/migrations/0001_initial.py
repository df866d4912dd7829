"""Everything that is kept. The order model is the shop's: by hand, `conf.order_model()` stands for it."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import deliver_to_po.models.shipment
from deliver_to_po import conf


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(conf.order_model()),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("placed", "placed"),
                            ("released", "released"),
                            ("held", "on hold"),
                            ("needs_choice", "needs another post office"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            (
                                "office_no_longer",
                                "The post office no longer takes parcels. Another one must be chosen.",
                            ),
                            ("office_gone", "The post office is gone. Another one must be chosen."),
                            (
                                "office_not_checked",
                                "Canada Post could not be asked about the post office. It is asked again before the label is made.",
                            ),
                            (
                                "credentials",
                                "Canada Post refused the credentials. Check those in CANADA_POST; it is tried again by itself.",
                            ),
                            (
                                "not_entitled",
                                "Canada Post says this account may not do this. Check the agreement; it is tried again by itself.",
                            ),
                            ("invalid", "The shipment breaks a rule of Deliver to Post Office. Nothing was sent."),
                            ("refused", "Canada Post refused the shipment. Correct what it names."),
                            ("throttled", "Canada Post asked us to slow down. It is tried again by itself."),
                            ("unavailable", "Canada Post could not be reached. It is tried again by itself."),
                            (
                                "unknown",
                                "Canada Post's answer never came. The shipment is looked up before anything is sent again.",
                            ),
                            ("unreadable", "Canada Post's answer could not be read. It is tried again by itself."),
                            (
                                "mismatch",
                                "Canada Post holds a different shipment under this request ID. Compare the two and decide.",
                            ),
                            (
                                "gave_up",
                                "The outcome stayed unknown for too long. Look the shipment up at Canada Post and decide.",
                            ),
                            (
                                "suspended",
                                "Canada Post suspended the shipment; its label is not valid. Call Canada Post.",
                            ),
                            ("label_not_ready", "Canada Post is still making the label. It is fetched by itself."),
                            (
                                "label_unreadable",
                                "What Canada Post sent is not a label. It is fetched again by itself.",
                            ),
                            (
                                "crashed",
                                "Something went wrong on our side; the log says more. It is tried again by itself.",
                            ),
                            (
                                "no_parcels",
                                "The shop names no parcels for this order. Correct the adapter, then hand off again.",
                            ),
                            ("test_only", "This is a test delivery; it is never handed off while LIVE is on."),
                            ("live_off", "This delivery is real, but LIVE is off. Turn LIVE on to hand it off."),
                            (
                                "paused",
                                "Deliver to Post Office is paused. It is handed off by itself when the pause is over.",
                            ),
                        ],
                        default="",
                        max_length=30,
                        verbose_name="reason",
                    ),
                ),
                ("choice", models.PositiveIntegerField(default=0, verbose_name="changes of post office")),
                ("live", models.BooleanField(default=False, verbose_name="live")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=35, verbose_name="reference")),
                ("recipient_name", models.CharField(blank=True, max_length=44, verbose_name="recipient's name")),
                ("recipient_address_line_1", models.CharField(blank=True, max_length=44, verbose_name="address")),
                (
                    "recipient_address_line_2",
                    models.CharField(blank=True, max_length=44, verbose_name="address, second line"),
                ),
                ("recipient_city", models.CharField(blank=True, max_length=40, verbose_name="city")),
                ("recipient_province", models.CharField(blank=True, max_length=2, verbose_name="province")),
                ("recipient_postal_code", models.CharField(blank=True, max_length=6, verbose_name="postal code")),
                ("recipient_email", models.CharField(blank=True, max_length=60, verbose_name="e-mail")),
                ("recipient_phone", models.CharField(blank=True, max_length=25, verbose_name="phone")),
                ("office_id", models.CharField(blank=True, max_length=12, verbose_name="post office ID")),
                ("office_name", models.CharField(blank=True, max_length=80, verbose_name="post office")),
                ("office_location", models.CharField(blank=True, max_length=80, verbose_name="location")),
                ("office_address", models.CharField(blank=True, max_length=80, verbose_name="post office's address")),
                ("office_city", models.CharField(blank=True, max_length=60, verbose_name="post office's city")),
                ("office_province", models.CharField(blank=True, max_length=2, verbose_name="post office's province")),
                (
                    "office_postal_code",
                    models.CharField(blank=True, max_length=6, verbose_name="post office's postal code"),
                ),
                ("office_latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("office_longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                ("office_hours", models.JSONField(blank=True, null=True, verbose_name="hours")),
                (
                    "office_fetched_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="post office fetched at"),
                ),
                (
                    "office_check",
                    models.CharField(
                        choices=[
                            ("not_asked", "not asked yet"),
                            ("takes_parcels", "takes parcels"),
                            ("no_longer", "no longer takes parcels"),
                            ("gone", "gone"),
                            ("could_not_ask", "could not ask"),
                        ],
                        default="not_asked",
                        max_length=20,
                        verbose_name="check of the post office",
                    ),
                ),
                (
                    "office_checked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="post office checked at"),
                ),
                ("service", models.CharField(blank=True, max_length=32, verbose_name="service")),
                ("options", models.JSONField(blank=True, default=list, verbose_name="options")),
                (
                    "price",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="price"),
                ),
                ("quoted_at", models.DateTimeField(blank=True, null=True, verbose_name="quoted at")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("expires_at", models.DateTimeField(verbose_name="draft expires at")),
                ("placed_at", models.DateTimeField(blank=True, null=True, verbose_name="placed at")),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="released at")),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="recipient erased at")),
                (
                    "current_order",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="d2po_delivery",
                        to=conf.order_model(),
                        verbose_name="order that this is the current delivery of",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="d2po_deliveries",
                        to=conf.order_model(),
                        verbose_name="order",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="deliver_to_po.delivery",
                        verbose_name="replaces delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery to a post office",
                "verbose_name_plural": "deliveries to post offices",
                "permissions": [
                    ("hand_off_delivery", "Can hand deliveries off to the shipping system"),
                    ("view_label", "Can open shipping labels"),
                ],
            },
        ),
        migrations.CreateModel(
            name="History",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                ("what", models.CharField(max_length=60, verbose_name="what")),
                ("why", models.CharField(blank=True, max_length=200, verbose_name="why")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="deliver_to_po.delivery",
                        verbose_name="delivery",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "history",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("environment", models.CharField(max_length=250, verbose_name="environment")),
                ("office_key", models.CharField(max_length=12, verbose_name="post office ID without leading zeros")),
                ("received_id", models.CharField(max_length=12, verbose_name="post office ID")),
                ("name_en", models.CharField(blank=True, max_length=80, verbose_name="name in English")),
                ("name_fr", models.CharField(blank=True, max_length=80, verbose_name="name in French")),
                ("location_en", models.CharField(blank=True, max_length=80, verbose_name="location in English")),
                ("location_fr", models.CharField(blank=True, max_length=80, verbose_name="location in French")),
                ("street", models.CharField(blank=True, max_length=80, verbose_name="address")),
                ("city", models.CharField(blank=True, max_length=60, verbose_name="city")),
                ("province", models.CharField(blank=True, max_length=2, verbose_name="province")),
                ("postal_code", models.CharField(blank=True, max_length=6, verbose_name="postal code")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                ("bilingual", models.BooleanField(blank=True, null=True, verbose_name="bilingual")),
                ("hours", models.JSONField(blank=True, null=True, verbose_name="hours")),
                ("hours_fetched_at", models.DateTimeField(blank=True, null=True, verbose_name="hours fetched at")),
                ("offered_at", models.DateTimeField(blank=True, null=True, verbose_name="last offered for D2PO at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="found closed at")),
            ],
            options={
                "verbose_name": "post office",
                "verbose_name_plural": "post offices",
                "indexes": [
                    models.Index(fields=["environment", "latitude", "longitude"], name="d2po_office_place"),
                    models.Index(fields=["environment", "postal_code"], name="d2po_office_postal_code"),
                    models.Index(fields=["environment", "province", "city"], name="d2po_office_city"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("environment", "office_key"), name="d2po_one_office_per_environment"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason_en",
                    models.CharField(
                        help_text="A whole sentence; buyers read it as it stands.",
                        max_length=200,
                        verbose_name="reason in English",
                    ),
                ),
                (
                    "reason_fr",
                    models.CharField(
                        help_text="A whole sentence; buyers read it as it stands.",
                        max_length=200,
                        verbose_name="reason in French",
                    ),
                ),
                ("starts_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="starts")),
                (
                    "ends_at",
                    models.DateTimeField(
                        help_text="Buyers are told this date. It can be changed at any time; a past one ends the pause.",
                        verbose_name="ends",
                    ),
                ),
            ],
            options={
                "verbose_name": "pause",
                "verbose_name_plural": "pauses",
                "indexes": [models.Index(fields=["ends_at"], name="d2po_pause_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="d2po_pause_ends_after_start",
                        violation_error_message="A pause ends after it starts.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("parcel", models.PositiveSmallIntegerField(default=1, verbose_name="parcel")),
                ("revision", models.PositiveSmallIntegerField(default=1, verbose_name="revision")),
                (
                    "open_parcel",
                    models.CharField(
                        blank=True, editable=False, max_length=45, null=True, unique=True, verbose_name="open parcel"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("requested", "requested"),
                            ("made", "made, label to be fetched"),
                            ("labelled", "labelled"),
                            ("handed", "handed to the shipping system"),
                            ("unknown", "outcome unknown"),
                            ("refused", "refused"),
                            ("suspended", "suspended by Canada Post"),
                            ("attention", "needs a person"),
                            ("voided", "voided"),
                            ("refund_asked", "refund asked"),
                        ],
                        default="waiting",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            (
                                "office_no_longer",
                                "The post office no longer takes parcels. Another one must be chosen.",
                            ),
                            ("office_gone", "The post office is gone. Another one must be chosen."),
                            (
                                "office_not_checked",
                                "Canada Post could not be asked about the post office. It is asked again before the label is made.",
                            ),
                            (
                                "credentials",
                                "Canada Post refused the credentials. Check those in CANADA_POST; it is tried again by itself.",
                            ),
                            (
                                "not_entitled",
                                "Canada Post says this account may not do this. Check the agreement; it is tried again by itself.",
                            ),
                            ("invalid", "The shipment breaks a rule of Deliver to Post Office. Nothing was sent."),
                            ("refused", "Canada Post refused the shipment. Correct what it names."),
                            ("throttled", "Canada Post asked us to slow down. It is tried again by itself."),
                            ("unavailable", "Canada Post could not be reached. It is tried again by itself."),
                            (
                                "unknown",
                                "Canada Post's answer never came. The shipment is looked up before anything is sent again.",
                            ),
                            ("unreadable", "Canada Post's answer could not be read. It is tried again by itself."),
                            (
                                "mismatch",
                                "Canada Post holds a different shipment under this request ID. Compare the two and decide.",
                            ),
                            (
                                "gave_up",
                                "The outcome stayed unknown for too long. Look the shipment up at Canada Post and decide.",
                            ),
                            (
                                "suspended",
                                "Canada Post suspended the shipment; its label is not valid. Call Canada Post.",
                            ),
                            ("label_not_ready", "Canada Post is still making the label. It is fetched by itself."),
                            (
                                "label_unreadable",
                                "What Canada Post sent is not a label. It is fetched again by itself.",
                            ),
                            (
                                "crashed",
                                "Something went wrong on our side; the log says more. It is tried again by itself.",
                            ),
                            (
                                "no_parcels",
                                "The shop names no parcels for this order. Correct the adapter, then hand off again.",
                            ),
                            ("test_only", "This is a test delivery; it is never handed off while LIVE is on."),
                            ("live_off", "This delivery is real, but LIVE is off. Turn LIVE on to hand it off."),
                            (
                                "paused",
                                "Deliver to Post Office is paused. It is handed off by itself when the pause is over.",
                            ),
                        ],
                        default="",
                        max_length=30,
                        verbose_name="reason",
                    ),
                ),
                ("reason_text", models.TextField(blank=True, verbose_name="what the shipping system said")),
                ("request_id", models.CharField(max_length=32, unique=True, verbose_name="request ID")),
                ("system", models.CharField(default="default", max_length=40, verbose_name="shipping system")),
                ("api", models.CharField(blank=True, max_length=20, verbose_name="API")),
                ("service", models.CharField(max_length=32, verbose_name="service")),
                ("options", models.JSONField(blank=True, default=list, verbose_name="options")),
                ("weight_kg", models.DecimalField(decimal_places=3, max_digits=9, verbose_name="weight (kg)")),
                ("length_cm", models.DecimalField(decimal_places=1, max_digits=7, verbose_name="length (cm)")),
                ("width_cm", models.DecimalField(decimal_places=1, max_digits=7, verbose_name="width (cm)")),
                ("height_cm", models.DecimalField(decimal_places=1, max_digits=7, verbose_name="height (cm)")),
                ("group_id", models.CharField(blank=True, max_length=32, verbose_name="group")),
                ("mailing_date", models.DateField(blank=True, null=True, verbose_name="mailing date")),
                ("sender", models.JSONField(blank=True, default=dict, verbose_name="sender")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due at")),
                ("lease", models.UUIDField(blank=True, editable=False, null=True, verbose_name="lease")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                ("step_tries", models.PositiveIntegerField(default=0, verbose_name="tries of the current step")),
                ("requests", models.PositiveIntegerField(default=0, verbose_name="times requested")),
                ("requested_at", models.DateTimeField(blank=True, null=True, verbose_name="first requested at")),
                ("carrier_id", models.CharField(blank=True, max_length=40, verbose_name="shipment ID")),
                ("tracking_pin", models.CharField(blank=True, max_length=16, verbose_name="tracking number")),
                ("links", models.JSONField(blank=True, default=list, verbose_name="links")),
                ("made_at", models.DateTimeField(blank=True, null=True, verbose_name="made at")),
                (
                    "label",
                    models.FileField(
                        blank=True,
                        storage=deliver_to_po.models.shipment.label_storage,
                        upload_to=deliver_to_po.models.shipment.label_name,
                        verbose_name="shipping label",
                    ),
                ),
                ("label_media_type", models.CharField(blank=True, max_length=60, verbose_name="label's media type")),
                ("labelled_at", models.DateTimeField(blank=True, null=True, verbose_name="labelled at")),
                ("transmitted_at", models.DateTimeField(blank=True, null=True, verbose_name="transmitted at")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="deliver_to_po.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "shipment",
                "verbose_name_plural": "shipments",
                "ordering": ["delivery", "parcel", "revision"],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("check", "check of the post office"),
                            ("create", "create shipment"),
                            ("look_up", "look up by request ID"),
                            ("label", "fetch label"),
                            ("void", "void shipment"),
                            ("internal", "error on our side"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("request_id", models.CharField(max_length=32, verbose_name="request ID")),
                ("outcome", models.CharField(max_length=60, verbose_name="outcome")),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="HTTP status")),
                ("codes", models.CharField(blank=True, max_length=120, verbose_name="codes")),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tries",
                        to="deliver_to_po.shipment",
                        verbose_name="shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt",
                "verbose_name_plural": "attempts",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["state", "-placed_at"], name="d2po_delivery_state"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "draft")), fields=["expires_at"], name="d2po_delivery_draft_expiry"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("order", None), ("state", "draft")),
                    models.Q(models.Q(("state", "draft"), _negated=True), ("order__isnull", False)),
                    _connector="OR",
                ),
                name="d2po_draft_has_no_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("current_order", None), ("current_order", models.F("order")), _connector="OR"),
                name="d2po_current_order_is_the_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    ("erased_at__isnull", False),
                    models.Q(
                        models.Q(("office_id", ""), _negated=True),
                        models.Q(("office_address", ""), _negated=True),
                        models.Q(("office_city", ""), _negated=True),
                        models.Q(("office_province", ""), _negated=True),
                        models.Q(("office_postal_code", ""), _negated=True),
                        models.Q(("recipient_name", ""), _negated=True),
                        models.Q(("recipient_address_line_1", ""), _negated=True),
                        models.Q(("recipient_city", ""), _negated=True),
                        models.Q(("recipient_province", ""), _negated=True),
                        models.Q(("recipient_postal_code", ""), _negated=True),
                        models.Q(("recipient_email", ""), _negated=True),
                        models.Q(("recipient_phone", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="d2po_placed_has_office_and_recipient",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "placed", "released", "held", "needs_choice", "cancelled"])),
                name="d2po_delivery_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at", "id"], name="d2po_shipment_due"
            ),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["tracking_pin"], name="d2po_shipment_pin"),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.UniqueConstraint(
                fields=("delivery", "parcel", "revision"), name="d2po_one_shipment_per_revision"
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "waiting",
                            "requested",
                            "made",
                            "labelled",
                            "handed",
                            "unknown",
                            "refused",
                            "suspended",
                            "attention",
                            "voided",
                            "refund_asked",
                        ],
                    )
                ),
                name="d2po_shipment_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["made", "labelled"]), _negated=True),
                    models.Q(("carrier_id", ""), _negated=True),
                    _connector="OR",
                ),
                name="d2po_made_has_shipment_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "labelled"), _negated=True),
                    models.Q(("label", ""), _negated=True),
                    _connector="OR",
                ),
                name="d2po_labelled_has_label",
            ),
        ),
    ]
