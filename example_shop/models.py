"""What the shop sells and what people have ordered."""

import secrets
from decimal import Decimal

from django.db import models
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from example_shop.taxes import Tax, from_json


def order_number() -> str:
    """Return a number to say on the phone: no letter that looks like a figure."""
    return f"T-{get_random_string(7, '23456789ABCDEFGHJKLMNPQRSTUVWXYZ')}"


def page_token() -> str:
    """Return what makes the address of an order's page impossible to guess."""
    return secrets.token_urlsafe(24)


class Product(models.Model):
    """Something for sale. Price in CAD before tax, weight in kilograms, sides in centimetres, packed."""

    slug = models.SlugField(_("page address (slug)"), unique=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_fr = models.CharField(_("name in French"), max_length=80)
    description_en = models.TextField(_("description in English"))
    description_fr = models.TextField(_("description in French"))
    price = models.DecimalField(_("price"), max_digits=8, decimal_places=2)
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=6, decimal_places=3)
    length_cm = models.DecimalField(_("length (cm)"), max_digits=5, decimal_places=1)
    width_cm = models.DecimalField(_("width (cm)"), max_digits=5, decimal_places=1)
    height_cm = models.DecimalField(_("height (cm)"), max_digits=5, decimal_places=1)
    not_by_post_en = models.CharField(_("why it must not be mailed, in English"), max_length=200, blank=True)
    not_by_post_fr = models.CharField(_("why it must not be mailed, in French"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position in the catalogue"), default=0)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the current language."""
        return self.name_fr if _french() else self.name_en

    @property
    def description(self) -> str:
        """Return the description in the current language."""
        return self.description_fr if _french() else self.description_en

    @property
    def not_by_post(self) -> str:
        """Return why it must not be mailed, in the current language, ``""`` if it may."""
        return self.not_by_post_fr if _french() else self.not_by_post_en

    @property
    def picture(self) -> str:
        """Return the static file that shows it."""
        return f"shop/products/{self.slug}.svg"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("shop:product", args=[self.slug])


class DeliveryMethod(models.TextChoices):
    """How an order reaches its buyer."""

    HOME = "home", _("Home delivery")
    POST_OFFICE = "post_office", _("Deliver to Post Office")


class Order(models.Model):
    """An order. The address is the buyer's own and stays so, wherever the parcel goes. Amounts in CAD."""

    number = models.CharField(_("number"), max_length=20, unique=True, default=order_number)
    token = models.CharField(_("page token"), max_length=40, unique=True, default=page_token, editable=False)
    checkout_token = models.CharField(_("checkout"), max_length=40, unique=True, default=page_token, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=[("en", _("English")), ("fr", _("French"))])
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=30)
    address_line_1 = models.CharField(_("address"), max_length=80)
    address_line_2 = models.CharField(_("address, second line"), max_length=80, blank=True)
    city = models.CharField(_("city"), max_length=60)
    province = models.CharField(_("province"), max_length=2)
    postal_code = models.CharField(_("postal code"), max_length=6)
    method = models.CharField(_("delivery"), max_length=20, choices=DeliveryMethod)
    subtotal = models.DecimalField(_("subtotal"), max_digits=9, decimal_places=2)
    discount = models.DecimalField(_("discount"), max_digits=9, decimal_places=2, default=0)
    coupon = models.CharField(_("coupon"), max_length=20, blank=True)
    shipping = models.DecimalField(_("shipping"), max_digits=9, decimal_places=2)
    tax = models.DecimalField(_("taxes"), max_digits=9, decimal_places=2)
    taxes = models.JSONField(_("each tax"), default=list, blank=True, editable=False)
    total = models.DecimalField(_("total"), max_digits=9, decimal_places=2)
    created_at = models.DateTimeField(_("placed at"), auto_now_add=True)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def is_paid(self) -> bool:
        """Say whether the (pretend) payment is made."""
        return self.paid_at is not None

    @property
    def worth(self) -> Decimal:
        """Return what the goods cost after the coupon, in CAD before tax."""
        return self.subtotal - self.discount

    @cached_property
    def sold(self) -> list["OrderLine"]:
        """Return its lines with their products, read once."""
        return list(self.lines.select_related("product"))

    @property
    def tax_lines(self) -> tuple[Tax, ...]:
        """Return each tax that was charged."""
        return from_json(self.taxes)

    @classmethod
    def made_in(cls, checkout_token: str) -> models.QuerySet["Order"]:
        """Return what was made in the checkout that has this token, by the button or by payments."""
        return cls.objects.filter(
            models.Q(checkout_token=checkout_token) | models.Q(payment__checkout_token=checkout_token)
        )

    def get_absolute_url(self) -> str:
        """Return the address of the buyer's page."""
        return reverse("shop:order", args=[self.token])


class OrderLine(models.Model):
    """One product of an order, at the price it was sold for."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", verbose_name=_("order"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    price = models.DecimalField(_("price"), max_digits=8, decimal_places=2)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"

    @property
    def amount(self) -> Decimal:
        """Return quantity times price, in CAD."""
        return self.quantity * self.price


class Payment(models.Model):
    """A payment at the (pretended) payment page: what is bought, from before there is an order until it is paid.

    It holds all that its order is made of, since the buyer's session may be gone by then. Amounts in CAD.
    """

    token = models.CharField(_("page token"), max_length=40, unique=True, default=page_token, editable=False)
    checkout_token = models.CharField(_("checkout"), max_length=40, db_index=True, editable=False)
    purchase = models.JSONField(_("what is bought, and by whom"))
    total = models.DecimalField(_("total"), max_digits=9, decimal_places=2)
    draft_id = models.CharField(_("choice of a post office"), max_length=40, blank=True)
    seen = models.CharField(_("what the buyer has seen of it"), max_length=64, blank=True)
    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="payment", verbose_name=_("order")
    )
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}, {self.total} CAD"

    @property
    def language(self) -> str:
        """Return the buyer's language."""
        return str(self.purchase["language"])


def _french() -> bool:
    return (get_language() or "").startswith("fr")
