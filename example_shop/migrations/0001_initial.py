"""The first tables of the shop."""

import django.db.models.deletion
from django.db import migrations, models

import example_shop.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.CharField(
                        default=example_shop.models.order_number, max_length=20, unique=True, verbose_name="number"
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=example_shop.models.page_token,
                        editable=False,
                        max_length=40,
                        unique=True,
                        verbose_name="page token",
                    ),
                ),
                (
                    "checkout_token",
                    models.CharField(
                        default=example_shop.models.page_token,
                        editable=False,
                        max_length=40,
                        unique=True,
                        verbose_name="checkout",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French")], max_length=2, verbose_name="language"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(max_length=30, verbose_name="phone")),
                ("address_line_1", models.CharField(max_length=80, verbose_name="address")),
                ("address_line_2", models.CharField(blank=True, max_length=80, verbose_name="address, second line")),
                ("city", models.CharField(max_length=60, verbose_name="city")),
                ("province", models.CharField(max_length=2, verbose_name="province")),
                ("postal_code", models.CharField(max_length=6, verbose_name="postal code")),
                (
                    "method",
                    models.CharField(
                        choices=[("home", "Home delivery"), ("post_office", "Deliver to Post Office")],
                        max_length=20,
                        verbose_name="delivery",
                    ),
                ),
                ("subtotal", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="subtotal")),
                ("discount", models.DecimalField(decimal_places=2, default=0, max_digits=9, verbose_name="discount")),
                ("coupon", models.CharField(blank=True, max_length=20, verbose_name="coupon")),
                ("shipping", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="shipping")),
                ("tax", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="taxes")),
                ("taxes", models.JSONField(blank=True, default=list, editable=False, verbose_name="each tax")),
                ("total", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="total")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="placed at")),
                ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="paid at")),
            ],
            options={
                "verbose_name": "order",
                "verbose_name_plural": "orders",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True, verbose_name="page address (slug)")),
                ("name_en", models.CharField(max_length=80, verbose_name="name in English")),
                ("name_fr", models.CharField(max_length=80, verbose_name="name in French")),
                ("description_en", models.TextField(verbose_name="description in English")),
                ("description_fr", models.TextField(verbose_name="description in French")),
                ("price", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="price")),
                ("weight_kg", models.DecimalField(decimal_places=3, max_digits=6, verbose_name="weight (kg)")),
                ("length_cm", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="length (cm)")),
                ("width_cm", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="width (cm)")),
                ("height_cm", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="height (cm)")),
                (
                    "not_by_post_en",
                    models.CharField(blank=True, max_length=200, verbose_name="why it must not be mailed, in English"),
                ),
                (
                    "not_by_post_fr",
                    models.CharField(blank=True, max_length=200, verbose_name="why it must not be mailed, in French"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position in the catalogue")),
            ],
            options={
                "verbose_name": "product",
                "verbose_name_plural": "products",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.CharField(
                        default=example_shop.models.page_token,
                        editable=False,
                        max_length=40,
                        unique=True,
                        verbose_name="page token",
                    ),
                ),
                (
                    "checkout_token",
                    models.CharField(db_index=True, editable=False, max_length=40, verbose_name="checkout"),
                ),
                ("purchase", models.JSONField(verbose_name="what is bought, and by whom")),
                ("total", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="total")),
                ("draft_id", models.CharField(blank=True, max_length=40, verbose_name="choice of a post office")),
                ("seen", models.CharField(blank=True, max_length=64, verbose_name="what the buyer has seen of it")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="begun at")),
                (
                    "order",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment",
                        to="example_shop.order",
                        verbose_name="order",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveSmallIntegerField(verbose_name="quantity")),
                ("price", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="price")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="example_shop.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="example_shop.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "order line",
                "verbose_name_plural": "order lines",
                "ordering": ["pk"],
            },
        ),
    ]
