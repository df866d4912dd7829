"""The class through which the shop speaks: it subclasses this and names it in ORDER_ADAPTER."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest

from deliver_to_po.canadapost.types import Parcel, Sender, ShipmentOption
from deliver_to_po.conf import SETTING, app_settings
from deliver_to_po.configured import made_once, subclass_named


@dataclass(frozen=True, slots=True)
class RecipientSuggestion:
    """What the shop already knows of the person who will probably pick up; the buyer may change all of it.

    ``province`` is its two letters. Any of these may be empty.
    """

    name: str = ""
    address_line_1: str = ""
    address_line_2: str = ""
    city: str = ""
    province: str = ""
    postal_code: str = ""
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


class OrderAdapter:
    """What the app asks the shop. ``order`` is a row of ORDER_MODEL; ``request`` is the buyer's, who may be a guest."""

    #: Lookups into the order for the admin's search box, such as ``("number", "customer__email")``: text fields of the
    #: order or of what it points at, without the prefixes that an admin class may write. None by default.
    search_fields: Sequence[str] = ()

    def parcels(self, order: Any) -> Sequence[Parcel]:
        """Return the parcels that ``order`` is shipped in, at least one.

        Weights are in kilograms and sides in centimetres, as ``Decimal``. Canada Post takes 30 kg, 200 cm a side and
        300 cm of length and girth. Asked when the order is released, and again when a refused parcel is tried again.
        """
        raise NotImplementedError(_must_answer(self, "parcels"))

    def ship_from(self, order: Any) -> Sender:
        """Return who ships ``order`` and from where: a company, a phone number and an address in Canada.

        Asked together with ``parcels``.
        """
        raise NotImplementedError(_must_answer(self, "ship_from"))

    def options(self, order: Any) -> Sequence[ShipmentOption]:
        """Return the options that ``order`` needs beside D2PO; none by default.

        ``SO`` is a signature, ``COV`` coverage with its amount in CAD (above 100 CAD it needs ``SO``), and ``PA18``,
        ``PA19`` and ``PA21`` are proof of age. Asked together with ``parcels``.
        """
        return ()

    def reference(self, order: Any) -> str:
        """Return what staff and label call ``order``, at most 35 characters; its primary key by default."""
        return order.pk.hex if isinstance(order.pk, UUID) else str(order.pk)

    def shipping_system(self, order: Any) -> str:
        """Return which of SHIPPING_SYSTEMS ships ``order``, by its alias; ``"default"`` by default.

        Asked when the order is released. A shipment stays with the system that it was given to.
        """
        return "default"

    def language(self, order: Any) -> str:
        """Return the buyer's language (``"en"``, ``"fr-ca"``); by default ``""``, the one the step was shown in."""
        return ""

    def goes_to_post_office(self, order: Any) -> bool:
        """Say whether ``order`` is to be delivered to a post office; ``place`` and ``require_choice`` ask it."""
        raise NotImplementedError(_must_answer(self, "goes_to_post_office"))

    def is_paid(self, order: Any) -> bool:
        """Say whether ``order`` is paid already when it is placed; no by default.

        With ``RELEASE = "when_paid"`` such an order is released as it is placed, and needs no ``release(order)``.
        """
        return False

    def owns(self, request: HttpRequest, order: Any) -> bool:
        """Say whether the person behind ``request`` may see ``order``; nobody by default.

        None of the app's pages shows a placed order to a buyer, so none asks it: it is for pages of the shop's own.
        """
        return False

    def recipient(self, request: HttpRequest) -> RecipientSuggestion:
        """Return what to fill the recipient's form with before the buyer has typed anything; nothing by default.

        ``request.user`` has no name and no e-mail address in a guest's checkout.
        """
        return RecipientSuggestion()

    def postal_code(self, request: HttpRequest) -> str:
        """Return the postal code to offer in the search box before the buyer has typed one; ``""`` by default."""
        return ""

    def next_url(self, request: HttpRequest) -> str:
        """Return where the buyer goes when office and recipient are complete: the shop's next checkout page."""
        raise NotImplementedError(_must_answer(self, "next_url"))

    def home_delivery_url(self, request: HttpRequest) -> str:
        """Return where the buyer chooses another way of delivery, for when no post office suits."""
        raise NotImplementedError(_must_answer(self, "home_delivery_url"))


def _must_answer(adapter: OrderAdapter, method: str) -> str:
    return f"{type(adapter).__name__}.{method}() must be written: the app cannot know this of your orders."


def order_admin_url_name(order: Model) -> str:
    """Return the name of the admin page that changes ``order``."""
    return f"admin:{order._meta.app_label}_{order._meta.model_name}_change"


@made_once
def order_adapter() -> OrderAdapter:
    """Return the shop's adapter; raises ImproperlyConfigured when ORDER_ADAPTER names none."""
    return subclass_named(app_settings.order_adapter, OrderAdapter, f'{SETTING}["ORDER_ADAPTER"]')()
