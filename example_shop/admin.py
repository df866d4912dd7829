"""The merchant's desk: products and orders."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from deliver_to_po.shop import delivery_of
from example_shop.models import Order, OrderLine, Product
from example_shop.templatetags.shop import money, tax_name

if TYPE_CHECKING:
    ProductBase = admin.ModelAdmin[Product]
    OrderBase = admin.ModelAdmin[Order]
    LineBase = admin.TabularInline[OrderLine, Order]
else:
    ProductBase = OrderBase = admin.ModelAdmin
    LineBase = admin.TabularInline


@admin.register(Product)
class ProductAdmin(ProductBase):
    """What is sold."""

    list_display = ("name_en", "name_fr", "price", "weight_kg", "position")
    search_fields = ("name_en", "name_fr")
    prepopulated_fields = {"slug": ("name_en",)}

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: somebody may be paying for it right now."""
        return False


class OrderLineInline(LineBase):
    """What was bought; only to look at."""

    model = OrderLine
    fields = readonly_fields = ("product", "quantity", "price")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: an order is what was placed."""
        return False


@admin.register(Order)
class OrderAdmin(OrderBase):
    """What was ordered, with the way to its delivery."""

    list_display = ("number", "created_at", "name", "method", "total", "is_paid")
    list_filter = ("method", "language", "created_at")
    search_fields = ("number", "name", "email")
    date_hierarchy = "created_at"
    inlines = (OrderLineInline,)
    readonly_fields = (
        *("number", "created_at", "paid_at", "language", "method", "delivery_link"),
        *("subtotal", "discount", "coupon", "shipping", "taxes_charged", "total"),
    )
    fieldsets = (
        (None, {"fields": ("number", "created_at", "paid_at", "language")}),
        (_("Delivery"), {"fields": ("method", "delivery_link")}),
        (_("Buyer"), {"fields": ("name", "email", "phone")}),
        (_("Buyer’s address"), {"fields": ("address_line_1", "address_line_2", "city", "province", "postal_code")}),
        (_("Amounts"), {"fields": ("subtotal", "discount", "coupon", "shipping", "taxes_charged", "total")}),
    )

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Refuse: orders are placed in the shop."""
        return False

    @admin.display(description=_("paid"), boolean=True)
    def is_paid(self, order: Order) -> bool:
        """Say whether the order is paid."""
        return order.is_paid

    @admin.display(description=_("taxes"))
    def taxes_charged(self, order: Order) -> str:
        """Return each tax with its amount, or all together where an order names none."""
        lines = (f"{tax_name(tax)} {money(tax.amount)}" for tax in order.tax_lines)
        return ", ".join(lines) or money(order.tax)

    @admin.display(description=_("delivery to a post office"))
    def delivery_link(self, order: Order) -> str:
        """Return a link to the current delivery, or a dash."""
        delivery = delivery_of(order)
        if delivery is None:
            return "–"
        url = reverse("admin:deliver_to_po_delivery_change", args=[delivery.pk])
        name = delivery.office_name or delivery
        return format_html('<a href="{}">{} ({})</a>', url, name, delivery.get_state_display())
