"""Prices and options: the question to the letter, and its answers."""

from datetime import date
from decimal import Decimal

from deliver_to_po.canadapost import bodies as asked_by
from deliver_to_po.canadapost.portal import rating
from deliver_to_po.canadapost.types import (
    OptionInfo,
    Rate,
    RateRequest,
    ShipmentOption,
)
from deliver_to_po.canadapost.webservices.client import API
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.documents import ACCOUNT, PARCEL, exact, told, written
from tests.factories import make_request


def test_prices_come_with_their_taxes_summed() -> None:
    assert rating.read_rates("rates", told(API.rates, bodies.QUOTES)) == [
        Rate(
            service="DOM.EP",
            service_name="Expedited Parcel",
            base=Decimal("9.59"),
            due=Decimal("11.34"),
            taxes=Decimal("1.75"),
            transit_days=3,
            expected_delivery=date(2026, 12, 1),
            guaranteed=True,
        ),
        Rate("DOM.XP", "Xpresspost", Decimal("15.2"), Decimal("15.20"), Decimal(0), guaranteed=False),
    ]


def test_an_option_tells_what_it_goes_with() -> None:
    option = rating.read_option("option", told(API.option, bodies.OPTION))
    assert option == OptionInfo("D2PO", ("HFP", "LAD"))


SCENARIO = f"""<mailing-scenario xmlns="{bodies.RATE}">
  <customer-number>0007023210</customer-number>
  <contract-id>0040000001</contract-id>
  <quote-type>commercial</quote-type>
  <expected-mailing-date>9999-12-31</expected-mailing-date>
  <options>
    <option><option-code>D2PO</option-code></option>
    <option><option-code>COV</option-code><option-amount>100</option-amount></option>
  </options>
  {PARCEL}
  <services><service-code>DOM.EP</service-code><service-code>DOM.XP</service-code></services>
  <origin-postal-code>K1A0B1</origin-postal-code>
  <destination><domestic><postal-code>H2X1Y4</postal-code></domestic></destination>
</mailing-scenario>"""


def test_a_question_for_prices_is_written_as_the_schema_wants_it() -> None:
    options = (ShipmentOption("D2PO"), ShipmentOption("COV", Decimal("1.00E+2")))
    asked = RateRequest("K1A0B1", "H2X1Y4", make_request().parcel, options, mailing_date=date.max)
    assert exact(written(API.rates, asked_by.rates("rates", asked, ACCOUNT))) == exact(SCENARIO)
