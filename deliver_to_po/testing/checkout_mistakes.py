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


# What mends a mistake is said on that part of the docs.
BY_PAGE: Mapping[str, Mapping[str, Promise]] = {
    f"{GUIDE}#the-buyers-way": {
        "no_way_through": _(
            "A buyer who has chosen a post office never comes to a review page with a form that sends “seen” along."
        ),
        "paid_unseen": _(
            "A post office that was chosen in another tab is paid for, though the page that was pressed showed another."
        ),
    },
    f"{PAYMENT}#before-the-payment": {
        "no_payment": _("A buyer who has chosen everything cannot begin to pay."),
        "answer_late": _("When the payment’s answer comes days later, the order or its post office is lost."),
        "no_session": _("When the buyer’s session is gone, the payment’s answer does not find the post office."),
        "another_tab": _("A post office that another tab chooses during the payment changes what is being paid for."),
        "office_closed": _("The buyer can pay for a post office that no longer accepts parcels."),
        "paused": _("The buyer can pay for a post office while the option is paused."),
        "back_button": _("After the order, the button of the old review page begins another payment for it."),
    },
    f"{PAYMENT}#after-the-payment": {
        "not_as_chosen": _("An order that is paid does not go to the post office that the buyer chose."),
        "answer_twice": _("A payment whose answer comes twice makes two orders, or the second answer is refused."),
        "answer_twice_at_once": _("Two answers to one payment at the same moment make two orders, or none."),
        "another_amount": _("A payment of another amount lets the parcel go."),
        "another_currency": _("A payment in another currency lets the parcel go."),
        "cart_not_frozen": _("What is put into the cart during the payment is shipped unpaid."),
        "cancelled_and_paid": _(
            "When a payment that was cancelled is paid after all, the order or its post office is lost."
        ),
        "asked_again": _("A buyer who has paid, and opens the review page again, is asked to pay once more."),
        "not_forgotten": _("A buyer’s next order does not begin without a post office."),
    },
    f"{PRICES}#charging-what-was-seen": {
        "charged_otherwise": _("Another amount is charged for the delivery than the buyer saw."),
        "price_unseen": _("A price of the delivery that the buyer has not seen is charged."),
    },
    f"{PAYMENT}#what-place-does-instead-of-refusing": {
        "office_closed_meanwhile": _(
            "When the post office closes during the payment, there is no order for what was paid."
        ),
        "paused_meanwhile": _("When the option is paused during the payment, there is no order for what was paid."),
    },
}
MISTAKES = {code: Mistake(says, page) for page, told in BY_PAGE.items() for code, says in told.items()}


class MistakeFound(AssertionError):
    """One of MISTAKES, by its ``code``; ``detail`` is what was found, for a developer and in English."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.mistake, self.detail = code, MISTAKES[code], detail
        super().__init__(code, detail)

    def __str__(self) -> str:
        found = f" ({self.detail})" if self.detail else ""
        return f"{self.mistake.says}{found} [{self.code}] {self.mistake.page}"
