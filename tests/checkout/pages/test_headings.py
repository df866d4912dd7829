"""What the pages on which an office is chosen say at their top."""

import pytest

from deliver_to_po.checkout.pages.headings import pages_of_link, pages_of_step
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.models import Delivery

FIRST_CHOICE = ("Choose your post office", "Your order is still valid: choose the post office")
NEEDED, RELEASED = DeliveryState.NEEDS_CHOICE, DeliveryState.RELEASED


@pytest.mark.parametrize(
    ("state", "reason", "office", "heading", "lead"),
    [
        (RELEASED, "", "VANIER", "Choose another post office", "Your parcel is going to Vanier."),
        (NEEDED, Reason.OFFICE_GONE, "VANIER", "Choose another post office", "Vanier no longer accepts parcels."),
        (NEEDED, Reason.OFFICE_NO_LONGER, "", *FIRST_CHOICE),
        (NEEDED, Reason.NEVER_CHOSEN, "", *FIRST_CHOICE),
    ],
)
def test_after_the_order_the_page_says_why_an_office_is_chosen(
    state: DeliveryState, reason: str, office: str, heading: str, lead: str
) -> None:
    delivery = Delivery(state=state, reason=reason, office_id="1" if office else "", office_name=office)
    pages = pages_of_link(delivery, "/again/", "base.html")
    assert (str(pages.heading), pages.home_delivery, pages.in_checkout) == (heading, "", False)
    assert str(pages.lead).startswith(lead)


def test_in_the_checkout_there_is_a_way_to_home_delivery() -> None:
    pages = pages_of_step("/home/", "base.html")
    assert (pages.choose, pages.home_delivery, pages.in_checkout) == ("/post-office/", "/home/", True)
