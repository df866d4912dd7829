"""``seed``: products of two partners, a voucher, and who can log in; run it as often as you like."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.sites.models import Site
from django.core.management.base import BaseCommand
from django.utils import timezone
from oscar.core.loading import get_model

from example_shop.products import PRODUCTS

PASSWORD = "demo"
MERCHANT, BUYER = "merchant@tilleul.example", "buyer@tilleul.example"
# Each sells every second product, and sees the orders that have one of its own.
PARTNERS = {"Tilleul": "tilleul@tilleul.example", "Atelier du Lac": "atelier@tilleul.example"}
#: Takes a tenth off the goods.
VOUCHER = "TILLEUL10"
# This shop has one box, and mails whatever it sells.
SOLD = [entry for entry in PRODUCTS if entry.slug not in ("ash-toboggan", "lamp-oil")]


class Command(BaseCommand):
    """Fill an empty shop."""

    help = "Adds the Oscar shop's products, partners, voucher and logins. For demos only."

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing."""
        # Oscar's own mails lead there.
        domain = urlsplit(settings.DELIVER_TO_PO["SITE_URL"]).netloc
        Site.objects.update_or_create(pk=1, defaults={"domain": domain, "name": "Tilleul"})
        get_model("address", "Country").objects.get_or_create(
            iso_3166_1_a2="CA", defaults={"printable_name": "Canada", "name": "Canada", "is_shipping_country": True}
        )
        partners = [_partner(name, email) for name, email in PARTNERS.items()]
        kind, _made = get_model("catalogue", "ProductClass").objects.get_or_create(
            name="Goods", defaults={"track_stock": False}
        )
        kind.attributes.get_or_create(code="weight", defaults={"name": "Weight (kg)", "type": "float"})
        for position, entry in enumerate(SOLD):
            _product(kind, entry, partners[position % len(partners)])
        _voucher()
        _user(MERCHANT, is_staff=True, is_superuser=True)
        _user(BUYER)
        get_model("order", "ShippingEventType").objects.get_or_create(name="Shipped", defaults={"code": "shipped"})
        self.stdout.write(f"{len(SOLD)} products; logins {MERCHANT}, {', '.join(PARTNERS.values())}, {BUYER}")


def _user(email: str, **fields: Any) -> Any:
    users = get_user_model()._default_manager
    user, made = users.get_or_create(username=email, defaults={"email": email, **fields})
    if made:
        user.set_password(PASSWORD)
        user.save()
    return user


def _partner(name: str, email: str) -> Any:
    partner, _made = get_model("partner", "Partner").objects.get_or_create(name=name)
    user = _user(email)
    user.user_permissions.add(Permission.objects.get(codename="dashboard_access"))
    partner.users.add(user)
    return partner


def _product(kind: Any, entry: Any, partner: Any) -> None:
    products = get_model("catalogue", "Product").objects
    if products.filter(upc=entry.slug).exists():
        return
    product = products.model(
        product_class=kind,
        upc=entry.slug,
        title=entry.name_en,
        description=entry.description_en,
        structure="standalone",
    )
    product.attr.weight = float(entry.weight_kg)
    product.save()
    product.stockrecords.create(
        partner=partner, partner_sku=entry.slug, price=entry.price, price_currency="CAD", num_in_stock=None
    )


def _voucher() -> None:
    vouchers = get_model("voucher", "Voucher").objects
    if vouchers.filter(code=VOUCHER).exists():
        return
    everything, _made = get_model("offer", "Range").objects.get_or_create(
        name="Everything", defaults={"includes_all_products": True}
    )
    benefit = get_model("offer", "Benefit").objects.create(range=everything, type="Percentage", value=Decimal(10))
    condition = get_model("offer", "Condition").objects.create(range=everything, type="Count", value=1)
    offer = get_model("offer", "ConditionalOffer").objects.create(
        name="A tenth less", offer_type="Voucher", benefit=benefit, condition=condition
    )
    now = timezone.now()
    voucher = vouchers.create(
        name="A tenth less", code=VOUCHER, usage="Multi-use",
        start_datetime=now, end_datetime=now + timedelta(days=3650),
    )  # fmt: skip
    voucher.offers.add(offer)
