"""Which services carry a parcel and for how much: the same over both APIs, in the portal's names."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.catalogue import OPTIONS, SERVICES, OptionOffered
from deliver_to_po.emulator.prices import Cost, cost, today
from deliver_to_po.emulator.refusals import NoSuchThing, Problem, Refused
from deliver_to_po.emulator.rules import contract_problems, option_problems, size_problems


def option_offered(code: str) -> OptionOffered:
    """Return an option; raises NoSuchThing."""
    if code not in OPTIONS:
        raise NoSuchThing("option")
    return OPTIONS[code]


def quotes(call: Call, scenario: Mapping[str, Any]) -> list[Cost]:
    """Return the price of each service; none for a commercial quote to nobody, or without an agreement."""
    if "domestic" not in scenario["destination"]:
        raise Refused(call.problem("9111", "D2PO stays within Canada.", "Le service D2PO est offert au Canada."))
    problems = list(_problems(call, scenario))
    if problems:
        raise Refused(*problems)
    if scenario.get("quoteType") != "counter" and not ("customerNumber" in scenario and call.world.config.contract_id):
        return []
    options, to = scenario.get("options", ()), scenario["destination"]["domestic"]["postalCode"]
    weight, mailed_on = scenario["parcelCharacteristics"]["weight"], _mailing_date(scenario)
    return [cost(code, weight, options, to, mailed_on) for code in _services(call, scenario)]


def _services(call: Call, scenario: Mapping[str, Any]) -> Iterator[str]:
    options = [option["optionCode"] for option in scenario.get("options", ())]
    for code in scenario.get("services", SERVICES):
        if code in SERVICES and all(option in SERVICES[code].options for option in options):
            yield code
        elif "services" in scenario:
            text = f"The service {code} is not available.", f"Le service {code} n'est pas offert."
            raise Refused(call.problem("9112", *text))


def _problems(call: Call, scenario: Mapping[str, Any]) -> Iterator[Problem]:
    config = call.world.config
    number, contract = scenario.get("customerNumber", ""), scenario.get("contractId", "")
    if number and number.lstrip("0") != config.customer_number.lstrip("0"):
        yield call.problem("AA003", "The customer number is not yours.", "Le numéro de client n'est pas le vôtre.")
    yield from contract_problems(call, contract)
    # One day of grace: today is UTC's, and where the caller is, it may still be yesterday.
    if _mailing_date(scenario) < today() - timedelta(days=1):
        yield call.problem("1622", "The mailing date is past.", "La date de dépôt est passée.")
    yield from size_problems(call, scenario["parcelCharacteristics"])
    options = scenario.get("options", ())
    yield from option_problems(call, options)
    codes = {option["optionCode"] for option in options}
    if any(codes.intersection(OPTIONS[code].conflicts) for code in codes.intersection(OPTIONS)):
        yield call.problem("9134", "Options conflict.", "Des options sont incompatibles.")


def _mailing_date(scenario: Mapping[str, Any]) -> date:
    text = scenario.get("expectedMailingDate", "")
    return date.fromisoformat(text[:10]) if text else today()
