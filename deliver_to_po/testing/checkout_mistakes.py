"""What a shop's checkout can do wrong with a payment: one sentence each, and the part of the docs that mends it."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GUIDE = "docs/how-to/add-to-your-shop.md"
PAYMENT = "docs/how-to/payment-first.md"
PRICES = "docs/how-to/prices-and-days.md"


class Mistake(NamedTuple):
    """What the shop does wrong, and where the docs say how it is right."""

    says: Promise
    page: str


MISTAKES: Mapping[str, Mistake] = {
    "no_way_through": Mistake(
        _("A buyer who has chosen a post office never comes to a review page with a form that sends “seen” along."),
        f"{GUIDE}#the-buyers-way",
    ),
    "no_payment": Mistake(
        _("A buyer who has chosen everything cannot begin to pay."),
        f"{PAYMENT}#before-the-payment",
    ),
    "not_as_chosen": Mistake(
        _("An order that is paid does not go to the post office that the buyer chose."),
        f"{PAYMENT}#after-the-payment",
    ),
    "charged_otherwise": Mistake(
        _("Another amount is charged for the delivery than the buyer saw."),
        f"{PRICES}#charging-what-was-seen",
    ),
    "answer_twice": Mistake(
        _("A payment whose answer comes twice makes two orders, or the second answer is refused."),
        f"{PAYMENT}#after-the-payment",
    ),
    "answer_twice_at_once": Mistake(
        _("Two answers to one payment at the same moment make two orders, or none."),
        f"{PAYMENT}#after-the-payment",
    ),
    "answer_late": Mistake(
        _("When the payment’s answer comes days later, the order or its post office is lost."),
        f"{PAYMENT}#before-the-payment",
    ),
    "no_session": Mistake(
        _("When the buyer’s session is gone, the payment’s answer does not find the post office."),
        f"{PAYMENT}#before-the-payment",
    ),
    "another_amount": Mistake(
        _("A payment of another amount lets the parcel go."),
        f"{PAYMENT}#after-the-payment",
    ),
    "another_currency": Mistake(
        _("A payment in another currency lets the parcel go."),
        f"{PAYMENT}#after-the-payment",
    ),
    "paid_unseen": Mistake(
        _("A post office that was chosen in another tab is paid for, though the page that was pressed showed another."),
        f"{GUIDE}#the-buyers-way",
    ),
    "another_tab": Mistake(
        _("A post office that another tab chooses during the payment changes what is being paid for."),
        f"{PAYMENT}#before-the-payment",
    ),
    "cart_not_frozen": Mistake(
        _("What is put into the cart during the payment is shipped unpaid."),
        f"{PAYMENT}#after-the-payment",
    ),
    "office_closed": Mistake(
        _("The buyer can pay for a post office that no longer takes parcels."),
        f"{PAYMENT}#before-the-payment",
    ),
    "office_closed_meanwhile": Mistake(
        _("When the post office closes during the payment, there is no order for what was paid."),
        f"{PAYMENT}#what-place-does-instead-of-refusing",
    ),
    "paused": Mistake(
        _("The buyer can pay for a post office while the option is paused."),
        f"{PAYMENT}#before-the-payment",
    ),
    "paused_meanwhile": Mistake(
        _("When the option is paused during the payment, there is no order for what was paid."),
        f"{PAYMENT}#what-place-does-instead-of-refusing",
    ),
    "price_unseen": Mistake(
        _("A price of the delivery that the buyer has not seen is charged."),
        f"{PRICES}#charging-what-was-seen",
    ),
    "cancelled_and_paid": Mistake(
        _("When a payment that was cancelled is paid after all, the order or its post office is lost."),
        f"{PAYMENT}#after-the-payment",
    ),
    "asked_again": Mistake(
        _("A buyer who has paid, and opens the review page again, is asked to pay once more."),
        f"{PAYMENT}#after-the-payment",
    ),
    "back_button": Mistake(
        _("After the order, the button of the old review page begins another payment for it."),
        f"{PAYMENT}#before-the-payment",
    ),
    "not_forgotten": Mistake(
        _("A buyer’s next order does not begin without a post office."),
        f"{PAYMENT}#after-the-payment",
    ),
}


class MistakeFound(AssertionError):
    """One of MISTAKES, by its ``code``; ``detail`` is what was found, for a developer and in English."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.mistake, self.detail = code, MISTAKES[code], detail
        super().__init__(code, detail)

    def __str__(self) -> str:
        found = f" ({self.detail})" if self.detail else ""
        return f"{self.mistake.says}{found} [{self.code}] {self.mistake.page}"
