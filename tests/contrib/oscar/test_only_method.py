"""A shop whose one method is the post office: Oscar then asks nobody."""

import pytest
from django.urls import reverse
from oscar.core.loading import get_class

from tests.contrib.oscar.buyer import Buyer


def test_it_is_taken_without_a_question_and_leads_to_the_step(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_class("shipping.repository", "Repository"), "methods", ())
    buyer.say_who()
    answer = buyer.client.get(reverse("checkout:shipping-method"))
    assert answer["location"] == reverse("deliver_to_po:choose")
