"""Our holidays, against those of a library that is too large for a web process."""

from datetime import date, timedelta
from itertools import product

from holidays import country_holidays

from deliver_to_po.canadapost.identifiers import PROVINCES
from deliver_to_po.offices.holidays import is_holiday

YEARS = range(2024, 2051)


def test_holidays_are_those_that_the_library_knows_and_easter_monday_everywhere() -> None:
    for province, year in product((*PROVINCES, "?"), YEARS):
        everywhere = country_holidays("CA", years=year, categories=("public",))
        known = province if province in PROVINCES else None
        here = country_holidays("CA", subdiv=known, years=year, categories=("public", "government", "optional"))
        easter_monday = [day + timedelta(days=3) for day in everywhere.get_named("Good Friday")]
        days = (date(year, 1, 1) + timedelta(days=count) for count in range(365))
        ours = {day for day in days if is_holiday(day, province)}
        assert ours == {*everywhere, *here, *easter_monday}, f"{province} {year}"
