"""``seed``: products to buy and a merchant to log in as; run it as often as you like."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from example_shop.models import Product
from example_shop.products import PRODUCTS

MERCHANT = "merchant"
PASSWORD = "demo"


class Command(BaseCommand):
    """Fill an empty shop."""

    help = f"Adds the example's products and a superuser: login {MERCHANT}, password {PASSWORD}. For demos only."

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing and bring what is there up to date."""
        add_products()
        users = get_user_model()._default_manager
        if not users.filter(username=MERCHANT).exists():
            users.create_superuser(MERCHANT, "merchant@tilleul.example", PASSWORD)
        self.stdout.write(f"{len(PRODUCTS)} products; merchant's login {MERCHANT}, password {PASSWORD}")


def add_products() -> None:
    """Fill the catalogue."""
    for position, entry in enumerate(PRODUCTS, start=1):
        values = entry._asdict()
        values["length_cm"], values["width_cm"], values["height_cm"] = values.pop("sides_cm")
        Product.objects.update_or_create(slug=values.pop("slug"), defaults={**values, "position": position})
