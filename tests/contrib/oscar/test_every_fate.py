"""The Oscar shop passes the suite for a shop's own checkout."""

import pytest
from django.test import TestCase

from example_shop.oscar import checkout_tests


# It fills the shop itself where a browser's test has emptied it.
@pytest.mark.filterwarnings("ignore:update is not implemented")
class OscarCheckout(checkout_tests.CheckoutTest, TestCase):
    """Each test in a transaction that is rolled back."""

    left_out = ("test_two_answers_at_once_make_one_order",)
