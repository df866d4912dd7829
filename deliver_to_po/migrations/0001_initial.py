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
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="name")),
                ("beat_at", models.DateTimeField(verbose_name="last seen")),
            ],
            options={
                "verbose_name": "heartbeat",
                "verbose_name_plural": "heartbeats",
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
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
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("reserved", "reserved for a payment"),
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
                            ("office_no_longer", "The post office no longer takes parcels."),
                            ("office_gone", "The post office no longer exists."),
                            (
                                "office_not_checked",
                                "Canada Post could not be asked whether the post office takes parcels.",
                            ),
                            ("never_chosen", "The order came without a post office."),
                            (
                                "choice_erased",
                                "The order came after the choice of post office and recipient had been erased.",
                            ),
                            ("on_hold", "Somebody put the delivery on hold."),
                            ("no_parcels", "The shop names no parcels for this order."),
                            ("shop_error", "The shop's own code failed when it was asked about this order."),
                            ("shop_hold", "The shop says that this order must not be shipped yet."),
                            ("not_paid", "The shop says that this order is not paid any more."),
                            ("changed", "The post office or the recipient changed after the buyer last saw them."),
                            ("not_for_post_office", "The shop says that this order does not go to a post office."),
                            ("cancelled", "Somebody cancelled the delivery."),
                            ("expired", "The delivery waited longer than recipients are kept."),
                            ("paused", "Deliver to Post Office is paused."),
                            ("test_only", "This is a test delivery, and the shop ships for real now."),
                            ("live_off", "This delivery is real, but the shop is in test mode."),
                            (
                                "wrong_host",
                                "The shop's address of Canada Post is not one where this parcel may be made.",
                            ),
                            ("no_d2po", "%(system)s does not offer Deliver to Post Office."),
                            ("not_configured", "The shipping system of this parcel is not set up in the shop."),
                            ("credentials", "%(system)s refused the shop's credentials."),
                            ("not_entitled", "%(system)s says that the shop's account may not do this."),
                            ("invalid", "The parcel breaks a rule of Deliver to Post Office, so it was not sent."),
                            ("refused", "%(system)s refused the parcel."),
                            ("throttled", "%(system)s asked us to slow down."),
                            ("unavailable", "%(system)s could not be reached."),
                            ("unknown", "%(system)s received the parcel's data, but its answer never came."),
                            ("unreadable", "%(system)s sent an answer that cannot be kept."),
                            ("mismatch", "%(system)s holds a different shipment under the same request ID."),
                            ("gave_up", "%(system)s was asked for a day, and the outcome is still unknown."),
                            ("no_look_up", "%(system)s cannot be asked what became of the parcel."),
                            ("suspended", "%(system)s suspended the shipment; its label is not valid."),
                            ("label_not_ready", "%(system)s is still making the label."),
                            ("label_unreadable", "%(system)s sent something that is not a label."),
                            ("crashed", "Something went wrong in the shop's program."),
                        ],
                        default="",
                        max_length=30,
                        verbose_name="reason",
                    ),
                ),
                ("choice", models.PositiveIntegerField(default=0, verbose_name="changes of post office")),
                ("live", models.BooleanField(default=False, verbose_name="real, not a test")),
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
                ("office_hours", models.JSONField(blank=True, null=True, verbose_name="hours")),
                (
                    "office_fetched_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="post office fetched at"),
                ),
                (
                    "office_check",
                    models.CharField(
                        choices=[
                            ("not_asked", "not checked yet"),
                            ("takes_parcels", "takes parcels"),
                            ("no_longer", "no longer takes parcels"),
                            ("gone", "no longer exists"),
                            ("could_not_ask", "Canada Post could not be reached"),
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
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
                ("expires_at", models.DateTimeField(verbose_name="draft expires at")),
                ("reserved_at", models.DateTimeField(blank=True, null=True, verbose_name="date reserved")),
                ("placed_at", models.DateTimeField(blank=True, null=True, verbose_name="date placed")),
                ("release_asked_at", models.DateTimeField(blank=True, null=True, verbose_name="release asked for")),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="date released")),
                ("stop_asked_at", models.DateTimeField(blank=True, null=True, verbose_name="cancellation asked for")),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="recipient erased")),
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
                    ("choose_office", "Can choose another post office for a delivery"),
                    ("view_label", "Can open shipping labels"),
                    ("erase_delivery", "Can erase recipients and labels"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="next looked at")),
                ("lease", models.UUIDField(blank=True, editable=False, null=True, verbose_name="lease")),
                ("claims", models.PositiveIntegerField(default=0, verbose_name="times taken by a worker")),
                ("lapses", models.PositiveIntegerField(default=0, verbose_name="leases that ended without a word")),
                ("tries", models.PositiveIntegerField(default=0, verbose_name="tries of the current step")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("choose", "asks the buyer for a post office"),
                            ("remind", "asks the buyer once more"),
                            ("clerks", "tells the clerks that the buyer has not chosen"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("occasion", models.PositiveBigIntegerField(verbose_name="occasion")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
                ("begun", models.PositiveSmallIntegerField(default=0, verbose_name="times begun without an end")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "to be sent"),
                            ("sent", "sent"),
                            ("left_to_shop", "left to the shop, which was told"),
                            ("not_needed", "not needed any more"),
                            ("failed", "not sent"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="result",
                    ),
                ),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("no_address", "No e-mail address of the buyer is known."),
                            ("no_site_url", "The shop has not said where its pages are (SITE_URL)."),
                            ("not_taken", "The mail server did not take it."),
                            ("interrupted", "The program was stopped while it was sent, so it may have arrived."),
                            ("crashed", "Something went wrong in the shop's program."),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="problem",
                    ),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="deliver_to_po.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["created_at", "pk"],
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
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="next looked at")),
                ("lease", models.UUIDField(blank=True, editable=False, null=True, verbose_name="lease")),
                ("claims", models.PositiveIntegerField(default=0, verbose_name="times taken by a worker")),
                ("lapses", models.PositiveIntegerField(default=0, verbose_name="leases that ended without a word")),
                ("tries", models.PositiveIntegerField(default=0, verbose_name="tries of the current step")),
                ("parcel", models.PositiveSmallIntegerField(default=1, verbose_name="parcel")),
                ("revision", models.PositiveSmallIntegerField(default=1, verbose_name="revision")),
                (
                    "open_parcel",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=45,
                        null=True,
                        unique=True,
                        verbose_name="parcel that is under way",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting to be sent"),
                            ("requested", "sent, answer awaited"),
                            ("unknown", "sent, outcome unknown"),
                            ("handed", "handed to the shipping system"),
                            ("made", "made, label to be fetched"),
                            ("labelled", "label ready"),
                            ("done", "done"),
                            ("attention", "needs a person"),
                            ("suspended", "suspended"),
                            ("refused", "refused"),
                            ("dropped", "dropped, never sent"),
                            ("voiding", "being voided"),
                            ("voided", "voided"),
                            ("refunding", "refund being asked for"),
                            ("refund_asked", "refund asked for"),
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
                            ("office_no_longer", "The post office no longer takes parcels."),
                            ("office_gone", "The post office no longer exists."),
                            (
                                "office_not_checked",
                                "Canada Post could not be asked whether the post office takes parcels.",
                            ),
                            ("never_chosen", "The order came without a post office."),
                            (
                                "choice_erased",
                                "The order came after the choice of post office and recipient had been erased.",
                            ),
                            ("on_hold", "Somebody put the delivery on hold."),
                            ("no_parcels", "The shop names no parcels for this order."),
                            ("shop_error", "The shop's own code failed when it was asked about this order."),
                            ("shop_hold", "The shop says that this order must not be shipped yet."),
                            ("not_paid", "The shop says that this order is not paid any more."),
                            ("changed", "The post office or the recipient changed after the buyer last saw them."),
                            ("not_for_post_office", "The shop says that this order does not go to a post office."),
                            ("cancelled", "Somebody cancelled the delivery."),
                            ("expired", "The delivery waited longer than recipients are kept."),
                            ("paused", "Deliver to Post Office is paused."),
                            ("test_only", "This is a test delivery, and the shop ships for real now."),
                            ("live_off", "This delivery is real, but the shop is in test mode."),
                            (
                                "wrong_host",
                                "The shop's address of Canada Post is not one where this parcel may be made.",
                            ),
                            ("no_d2po", "%(system)s does not offer Deliver to Post Office."),
                            ("not_configured", "The shipping system of this parcel is not set up in the shop."),
                            ("credentials", "%(system)s refused the shop's credentials."),
                            ("not_entitled", "%(system)s says that the shop's account may not do this."),
                            ("invalid", "The parcel breaks a rule of Deliver to Post Office, so it was not sent."),
                            ("refused", "%(system)s refused the parcel."),
                            ("throttled", "%(system)s asked us to slow down."),
                            ("unavailable", "%(system)s could not be reached."),
                            ("unknown", "%(system)s received the parcel's data, but its answer never came."),
                            ("unreadable", "%(system)s sent an answer that cannot be kept."),
                            ("mismatch", "%(system)s holds a different shipment under the same request ID."),
                            ("gave_up", "%(system)s was asked for a day, and the outcome is still unknown."),
                            ("no_look_up", "%(system)s cannot be asked what became of the parcel."),
                            ("suspended", "%(system)s suspended the shipment; its label is not valid."),
                            ("label_not_ready", "%(system)s is still making the label."),
                            ("label_unreadable", "%(system)s sent something that is not a label."),
                            ("crashed", "Something went wrong in the shop's program."),
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
                ("group", models.CharField(blank=True, max_length=32, verbose_name="group")),
                ("mailing_date", models.DateField(blank=True, null=True, verbose_name="mailing date")),
                ("sender", models.JSONField(blank=True, default=dict, verbose_name="sender")),
                ("requests", models.PositiveIntegerField(default=0, verbose_name="times sent")),
                ("requested_at", models.DateTimeField(blank=True, null=True, verbose_name="first sent at")),
                ("shipment_id", models.CharField(blank=True, max_length=40, verbose_name="shipment ID")),
                ("tracking_pin", models.CharField(blank=True, max_length=40, verbose_name="tracking number")),
                (
                    "system_data",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="what the shipping system wants to see again"
                    ),
                ),
                ("made_at", models.DateTimeField(blank=True, null=True, verbose_name="date made")),
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
                ("labelled_at", models.DateTimeField(blank=True, null=True, verbose_name="date of the label")),
                ("transmitted_at", models.DateTimeField(blank=True, null=True, verbose_name="date transmitted")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
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
            name="History",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="date and time")),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("reserve", "reserved for a payment"),
                            ("unreserve", "payment failed: reserved no more"),
                            ("place", "placed with its order"),
                            ("place_held", "placed with its order, on hold"),
                            ("place_unchosen", "placed with its order, needs a post office"),
                            ("add_unchosen", "order came without a post office"),
                            ("ask_release", "release asked for"),
                            ("release", "released for hand-off"),
                            ("hold", "put on hold"),
                            ("resume", "taken off hold"),
                            ("need_choice", "another post office needed"),
                            ("choose_again", "another post office chosen"),
                            ("reopen", "its post office takes parcels again"),
                            ("ask_stop", "cancellation asked for"),
                            ("cancel", "cancelled"),
                            ("expire", "cancelled: it waited too long"),
                            ("erase", "recipient erased"),
                            ("revise", "parcel made again"),
                            ("drop", "parcel dropped before it was sent"),
                            ("found", "parcel found by a person"),
                            ("not_made", "a person found that the parcel was never made"),
                            ("void", "voiding asked for"),
                            ("refund", "refund asked for"),
                            ("label_destroyed", "a person says that the old label is destroyed"),
                        ],
                        max_length=20,
                        verbose_name="step",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("office_no_longer", "The post office no longer takes parcels."),
                            ("office_gone", "The post office no longer exists."),
                            (
                                "office_not_checked",
                                "Canada Post could not be asked whether the post office takes parcels.",
                            ),
                            ("never_chosen", "The order came without a post office."),
                            (
                                "choice_erased",
                                "The order came after the choice of post office and recipient had been erased.",
                            ),
                            ("on_hold", "Somebody put the delivery on hold."),
                            ("no_parcels", "The shop names no parcels for this order."),
                            ("shop_error", "The shop's own code failed when it was asked about this order."),
                            ("shop_hold", "The shop says that this order must not be shipped yet."),
                            ("not_paid", "The shop says that this order is not paid any more."),
                            ("changed", "The post office or the recipient changed after the buyer last saw them."),
                            ("not_for_post_office", "The shop says that this order does not go to a post office."),
                            ("cancelled", "Somebody cancelled the delivery."),
                            ("expired", "The delivery waited longer than recipients are kept."),
                            ("paused", "Deliver to Post Office is paused."),
                            ("test_only", "This is a test delivery, and the shop ships for real now."),
                            ("live_off", "This delivery is real, but the shop is in test mode."),
                            (
                                "wrong_host",
                                "The shop's address of Canada Post is not one where this parcel may be made.",
                            ),
                            ("no_d2po", "%(system)s does not offer Deliver to Post Office."),
                            ("not_configured", "The shipping system of this parcel is not set up in the shop."),
                            ("credentials", "%(system)s refused the shop's credentials."),
                            ("not_entitled", "%(system)s says that the shop's account may not do this."),
                            ("invalid", "The parcel breaks a rule of Deliver to Post Office, so it was not sent."),
                            ("refused", "%(system)s refused the parcel."),
                            ("throttled", "%(system)s asked us to slow down."),
                            ("unavailable", "%(system)s could not be reached."),
                            ("unknown", "%(system)s received the parcel's data, but its answer never came."),
                            ("unreadable", "%(system)s sent an answer that cannot be kept."),
                            ("mismatch", "%(system)s holds a different shipment under the same request ID."),
                            ("gave_up", "%(system)s was asked for a day, and the outcome is still unknown."),
                            ("no_look_up", "%(system)s cannot be asked what became of the parcel."),
                            ("suspended", "%(system)s suspended the shipment; its label is not valid."),
                            ("label_not_ready", "%(system)s is still making the label."),
                            ("label_unreadable", "%(system)s sent something that is not a label."),
                            ("crashed", "Something went wrong in the shop's program."),
                        ],
                        default="",
                        max_length=30,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
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
                        verbose_name="by",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="deliver_to_po.shipment",
                        verbose_name="shipment",
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
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="date and time")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("check", "check of the post office"),
                            ("create", "create shipment"),
                            ("look_up", "look up by request ID"),
                            ("label", "fetch label"),
                            ("internal", "error in the shop's program"),
                        ],
                        max_length=20,
                        verbose_name="step",
                    ),
                ),
                ("request_id", models.CharField(max_length=32, verbose_name="request ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("takes_parcels", "takes parcels"),
                            ("no_longer", "no longer takes parcels"),
                            ("gone", "no longer exists"),
                            ("could_not_ask", "could not be asked"),
                            ("made", "made"),
                            ("transmitted", "made and transmitted"),
                            ("suspended", "suspended"),
                            ("handed", "handed over"),
                            ("lost", "the answer never came"),
                            ("found_none", "nothing found"),
                            ("found_same", "found"),
                            ("found_other", "found, but different"),
                            ("label_kept", "label stored"),
                            ("invalid", "breaks a rule, not sent"),
                            ("credentials", "credentials refused"),
                            ("not_entitled", "this account may not do this"),
                            ("refused", "refused"),
                            ("not_ready", "not ready yet"),
                            ("throttled", "asked us to slow down"),
                            ("unavailable", "could not be reached"),
                            ("unknown", "outcome unknown"),
                            ("unreadable", "answer could not be read"),
                            ("crashed", "an error that nobody foresaw"),
                        ],
                        max_length=20,
                        verbose_name="result",
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="HTTP status")),
                ("codes", models.CharField(blank=True, max_length=120, verbose_name="error codes")),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
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
                    models.Q(("order", None), ("state__in", ["draft", "reserved"])),
                    models.Q(models.Q(("state__in", ["draft", "reserved"]), _negated=True), ("order__isnull", False)),
                    _connector="OR",
                ),
                name="d2po_before_placing_no_order",
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
                    models.Q(("office_id", ""), ("state__in", ["needs_choice", "cancelled"])),
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
                name="d2po_has_office_and_recipient",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "released"), _negated=True),
                    models.Q(("release_asked_at__isnull", False), ("released_at__isnull", False)),
                    _connector="OR",
                ),
                name="d2po_released_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "reserved", "placed", "released", "held", "needs_choice", "cancelled"])
                ),
                name="d2po_delivery_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("outcome", "")), fields=["due_at"], name="d2po_notice_due"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("delivery", "kind", "occasion"), name="d2po_notice_once"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["choose", "remind", "clerks"])), name="d2po_notice_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["", "sent", "left_to_shop", "not_needed", "failed"])),
                name="d2po_notice_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome", "sent"), ("sent_at", None), _connector="OR"),
                name="d2po_notice_sent_when",
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
            index=models.Index(fields=["state", "due_at"], name="d2po_shipment_state_due"),
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
                            "unknown",
                            "handed",
                            "made",
                            "labelled",
                            "done",
                            "attention",
                            "suspended",
                            "refused",
                            "dropped",
                            "voiding",
                            "voided",
                            "refunding",
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
                    ("state", "refund_asked"),
                    models.Q(("open_parcel", None), ("state__in", ("refused", "dropped", "voided"))),
                    models.Q(
                        models.Q(("state__in", ("refused", "dropped", "voided")), _negated=True),
                        ("open_parcel__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="d2po_closed_frees_the_parcel",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["waiting", "requested", "unknown"]), _negated=True),
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
                name="d2po_unanswered_has_its_request",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["made", "labelled", "done"]), _negated=True),
                    models.Q(("shipment_id", ""), _negated=True),
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
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refunding"), _negated=True), ("transmitted_at__isnull", False), _connector="OR"
                ),
                name="d2po_refund_after_transmission",
            ),
        ),
        migrations.AddConstraint(
            model_name="history",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "change__in",
                        [
                            "reserve",
                            "unreserve",
                            "place",
                            "place_held",
                            "place_unchosen",
                            "add_unchosen",
                            "ask_release",
                            "release",
                            "hold",
                            "resume",
                            "need_choice",
                            "choose_again",
                            "reopen",
                            "ask_stop",
                            "cancel",
                            "expire",
                            "erase",
                            "revise",
                            "drop",
                            "found",
                            "not_made",
                            "void",
                            "refund",
                            "label_destroyed",
                        ],
                    )
                ),
                name="d2po_change_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        [
                            "takes_parcels",
                            "no_longer",
                            "gone",
                            "could_not_ask",
                            "made",
                            "transmitted",
                            "suspended",
                            "handed",
                            "lost",
                            "found_none",
                            "found_same",
                            "found_other",
                            "label_kept",
                            "invalid",
                            "credentials",
                            "not_entitled",
                            "refused",
                            "not_ready",
                            "throttled",
                            "unavailable",
                            "unknown",
                            "unreadable",
                            "crashed",
                        ],
                    )
                ),
                name="d2po_outcome_known",
            ),
        ),
    ]
