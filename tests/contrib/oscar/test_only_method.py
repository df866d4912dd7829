"""A shop whose one method is the post office: Oscar then asks nobody."""

from django.urls import reverse

from tests.contrib.oscar.buyer import Buyer


def test_it_is_taken_without_a_question_and_leads_to_the_step(buyer: Buyer) -> None:
    buyer.say_who()
    answer = buyer.client.get(reverse("checkout:shipping-method"))
    assert answer["location"] == reverse("deliver_to_po:choose")
