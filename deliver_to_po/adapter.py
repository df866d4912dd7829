"""The class through which the shop speaks: it subclasses this and names it in ORDER_ADAPTER."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest

from deliver_to_po.canadapost.types import Address, Parcel, Rate, Sender, Service, ShipmentOption
from deliver_to_po.core.conf import SETTING, app_settings
from deliver_to_po.core.configured import made_once, subclass_named
from deliver_to_po.core.provinces import province_code

if TYPE_CHECKING:
    from deliver_to_po.models import Delivery

__all__ = [
    "Address",
    "OrderAdapter",
    "Parcel",
    "Rate",
    "RecipientSuggestion",
    "Sender",
    "Service",
    "ShipmentOption",
    "order_adapter",
]


@dataclass(frozen=True, repr=False)
class RecipientSuggestion:
    """What the shop already knows of the person who will probably pick up; the buyer may change all of it.

    ``province`` is its two letters or its name in English or French. Any of these may be empty.
    """

    name: str = ""
    address_line_1: str = ""
    address_line_2: str = ""
    city: str = ""
    province: str = ""
    postal_code: str = ""
    email: str = ""
    phone: str = ""

    def __post_init__(self) -> None:
        # The shop's account may hold None, or another country's region.
        object.__setattr__(self, "province", province_code(str(self.province or "")))


Order = TypeVar("Order", bound=Model)


class OrderAdapter(Generic[Order]):
    """What the app asks the shop. Subclass it as ``OrderAdapter[YourOrder]``.

    ``order`` is a row of ORDER_MODEL. ``request`` is the buyer's, who may be a guest. Whatever a method raises or
    returns costs no payment: a delivery that cannot go on is put on hold with the reason, and everything else falls
    back to what the methods return here.

    ``parcels``, ``ship_from``, ``options``, ``service`` and ``shipping_system`` are asked of an order, and before there
    is one of the cart that ``cart`` returns or that ``reserve`` or ``offers`` is given. ``services``, ``mailable``,
    ``handling_days`` and ``price`` are asked of a cart. While one request is answered, each is asked once of it.
    """

    #: Fields of the order for the admin's search box, such as ``("number",)``: text fields of the order or of what it
    #: points at, without the prefixes that an admin class may write. A search finds what is equal to one of them, so
    #: each needs an index. The recipient's name, e-mail and phone are found without. With the buyer's e-mail or phone
    #: among them, a privacy request finds the buyer too. None by default.
    search_fields: Sequence[str] = ()

    #: Whether a draft keeps service and price: the step asks Canada Post when an office is chosen, ``review`` shows the
    #: price, and ``reserve`` and ``place`` refuse another one than was seen. False by default: the shop has prices of
    #: its own.
    keeps_prices: bool = False

    def parcels(self, order: Order) -> Sequence[Parcel]:
        """Return the parcels that ``order`` is shipped in, at least one.

        Weights are in kilograms and sides in centimetres, as ``Decimal``; they are rounded up to 0.001 kg and 0.1 cm.
        Canada Post takes 30 kg, 200 cm a side and 300 cm of length and girth. Asked when the order is released,
        which may be as it is placed, and again when a refused parcel is tried again.
        """
        raise NotImplementedError(_must_answer(self, "parcels"))

    def ship_from(self, order: Order) -> Sender:
        """Return who ships ``order`` and from where: a company, a phone number and an address in Canada.

        Asked together with ``parcels``. At the day's end each postal code has a transmission and a manifest of its own.
        """
        raise NotImplementedError(_must_answer(self, "ship_from"))

    def options(self, order: Order) -> Sequence[ShipmentOption]:
        """Return the options that ``order`` needs beside D2PO; none by default.

        ``SO`` is a signature, ``COV`` coverage with its amount in CAD (above 100 CAD it needs ``SO``), and ``PA18``,
        ``PA19`` and ``PA21`` are proof of age. Asked together with ``parcels``.
        """
        return ()

    def service(self, order: Order) -> Service:
        """Return the service that ``order`` is shipped by; Expedited Parcel by default.

        Asked when it is placed, and when it is released if it could not be asked before.
        """
        return Service.EXPEDITED_PARCEL

    def services(self, cart: Any) -> Sequence[Service]:
        """Return the services that the buyer may choose from; by default the one that ``service`` names."""
        return (self.service(cart),)

    def mailable(self, cart: Any) -> str:
        """Return why ``cart`` must not be mailed, such as what post does not take; ``""``, the default, when it may be.

        The buyer reads it, so it is a whole sentence in the active language. Asked wherever the option is offered, on
        the step, and by ``review`` and ``reserve``, which refuse it then. Asked before ``parcels``: say it here too
        when the cart is empty, as after a lost session, and ``parcels`` is not asked of it.
        """
        return ""

    def handling_days(self, cart: Any) -> int:
        """Return on how many of the shop's working days ``cart`` is made ready before it is mailed; 0 by default.

        The days are those of DEPOSIT_DAYS, holidays left out.
        """
        return 0

    def price(self, cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        """Return what the buyer pays for delivering ``cart`` by ``service``, in CAD before tax.

        ``rate`` is Canada Post's, all parcels together, and None while it is not known: return a fallback price then,
        or None for none. By default it is Canada Post's price before tax, and there is no fallback. A price of 0 is
        free; it is never made of a missing one. With ``keeps_prices`` ``review`` refuses a delivery without a price.
        """
        return None if rate is None else rate.due - rate.taxes

    def shipping_system(self, order: Order) -> str:
        """Return which of SHIPPING_SYSTEMS ships ``order``, by its alias; ``"default"`` by default.

        Asked when the order is released. A shipment stays with the system that it was given to.
        """
        return "default"

    def goes_to_post_office(self, order: Order) -> bool:
        """Say whether ``order`` is to be delivered to a post office.

        Asked when it is placed, by ``require_choice``, when it is released, before an e-mail asks for a post office,
        and right before anything is sent: a plain False stops it there.
        """
        raise NotImplementedError(_must_answer(self, "goes_to_post_office"))

    def is_paid(self, order: Order) -> bool | None:
        """Say whether ``order`` is paid; None, the default, when the shop does not say.

        With ``RELEASE = "when_paid"`` an order that is paid is released: as it is placed, or by the sweep when a call
        of ``release`` got lost. An order that is no longer paid is not sent. With None only ``release(order)`` counts.
        With "by_merchant" the desk's list asks it for each row that waits: answer from the order's own fields.
        """
        return None

    def hold_reason(self, order: Order) -> str:
        """Return why ``order`` must not be shipped yet, such as a check for fraud, in a clerk's words; ``""`` for none.

        Asked when the order is placed, when it is released, and until its parcels leave. The delivery is put on hold
        until ``resume`` is called or a clerk lets it go on; after that the same words do not count, whatever figures
        are in them; others do.
        """
        return ""

    def reference(self, order: Order) -> str | int:
        """Return what staff and label call ``order``, at most 35 characters; its primary key by default."""
        return order.pk.hex if isinstance(order.pk, UUID) else str(order.pk)

    def contents(self, order: Order) -> Sequence[tuple[int | Decimal, str]]:
        """Return what is inside the parcels of ``order``: quantity and name of each thing, without prices.

        Asked for packing slips, in the buyer's language, and for pick lists, in the clerk's; that language is active.
        By default nothing: then a slip says for whom and whereto alone.
        """
        return ()

    def parcel_contents(self, order: Order, number: int) -> Sequence[tuple[int | Decimal, str]]:
        """Return what is inside one parcel of ``order``, counted from 1, as ``contents`` does of all of them.

        Asked when an order of several parcels is released, in the buyer's language; for a single one ``contents`` is.
        What it says stays with the parcel: for its packing slip, and for a webhook's receiver. By default nothing.
        """
        return ()

    def packing_order(self, order: Order) -> str:
        """Return what orders are sorted by when their labels are printed together, such as ``"aisle 2"``.

        Numbers in it are sorted as numbers. By default ``""``: in the order in which they were placed.
        """
        return ""

    def may_see_label(self, request: HttpRequest, order: Order) -> bool:
        """Say whether whoever asks may open and print the labels of ``order`` on a page of the shop's own.

        Asked by ``{% d2po_desk order %}`` and by the page that it leads to, of somebody who has signed in and lacks
        Django's permissions for it, such as a partner of a marketplace. False by default. A label shows the recipient's
        name, address and phone.
        """
        return False

    def language(self, order: Order) -> str:
        """Return the buyer's language (``"en"``, ``"fr-ca"``); by default ``""``, the one the step was shown in."""
        return ""

    def email(self, order: Order) -> str:
        """Return the buyer's e-mail address, to ask for another post office; by default ``""``, the recipient's.

        Asked when we write. Whoever gets that e-mail can choose where the parcel goes.
        """
        return ""

    def cart(self, request: HttpRequest) -> Any:
        """Return what the buyer is about to order, such as the shop's basket, for ``parcels`` and ``options``.

        Asked by the step and by ``review``, which refuse what is too heavy or too large for any post office. None, the
        default, where the shop has nothing of the kind: then only the order is asked. The JSON API asks it with its own
        request: read a header or a token of yours there.
        """
        return None

    def price_changed(self, request: HttpRequest, draft: "Delivery") -> None:
        """Update what the buyer's session holds of ``draft.service`` and ``draft.price``: they have changed.

        Called while ``review`` or ``choose_service`` writes them, the first time too, where drafts keep prices. What it
        raises is logged and changes nothing. Other programs hear of it by the signal of the same name.
        """

    def tax_destination(self, delivery: "Delivery") -> str:
        """Return the province, in two letters, whose taxes a delivery is charged: where its post office is.

        Goods that a carrier ships are taxed where they are delivered, wherever the buyer lives. Asked by
        ``shop.tax_destination`` and ``shop.reserved``. Answer from ``delivery`` alone: a cart may ask it of its taxes.
        """
        return delivery.office_province

    def recipient(self, request: HttpRequest) -> RecipientSuggestion:
        """Return what to fill the recipient's form with before the buyer has typed anything; nothing by default.

        Whom the buyer takes as suggested follows what you return later: they may correct their e-mail address with you.
        ``request.user`` has no name and no e-mail address in a guest's checkout.
        """
        return RecipientSuggestion()

    def postal_code(self, request: HttpRequest) -> str:
        """Return the postal code to offer in the search box before the buyer has typed one; ``""`` by default."""
        return ""

    def last_delivery(self, request: HttpRequest) -> "Delivery | None":
        """Return the delivery of the last order of the buyer's that went to a post office; None by default.

        The step then opens near that post office and suggests it, where no postal code is known. Look it up by
        ``request.user``, and return ``deliver_to_po.shop.delivery_of(order)``.
        """
        return None

    def next_url(self, request: HttpRequest) -> str:
        """Return where the buyer goes when office and recipient are complete: the shop's next checkout page.

        Keep in your session that the order goes to a post office: Back may have led here from another method.
        """
        raise NotImplementedError(_must_answer(self, "next_url"))

    def home_delivery_url(self, request: HttpRequest) -> str:
        """Return where the buyer chooses another way of delivery, for when no post office suits."""
        raise NotImplementedError(_must_answer(self, "home_delivery_url"))


def _must_answer(adapter: OrderAdapter[Any], method: str) -> str:
    return f"{type(adapter).__name__}.{method}() must be written: the app cannot know this of your orders."


def order_admin_url_name(order: Model) -> str:
    """Return the name of the admin page that changes ``order``."""
    return f"admin:{order._meta.app_label}_{order._meta.model_name}_change"


@made_once
def order_adapter() -> OrderAdapter[Any]:
    """Return the shop's adapter, always the same instance; raises ImproperlyConfigured when ORDER_ADAPTER names none.

    What it answers is not looked at here: for what the app makes of an answer use the calls of ``shop``.
    """
    return subclass_named(app_settings.order_adapter, OrderAdapter, f'{SETTING}["ORDER_ADAPTER"]')()
