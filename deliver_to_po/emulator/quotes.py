"""Which services carry a parcel and for how much: the same over both APIs, in the portal's names."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.catalogue import COVERAGE_WITHOUT_SIGNATURE, LARGEST_COVERAGE, OPTIONS, SERVICES
from deliver_to_po.emulator.prices import Cost, cost, today
from deliver_to_po.emulator.refusals import Problem, Refused
from deliver_to_po.emulator.rules import too_large


def quotes(call: Call, scenario: Mapping[str, Any]) -> list[Cost]:
    """Return the price of each service; none for a commercial quote to nobody, or without an agreement."""
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
    if contract and contract.lstrip("0") != config.contract_id.lstrip("0"):
        yield call.problem("2561", "This contract is not the customer's.", "Ce contrat n'est pas celui du client.")
    # One day of grace: today is UTC's, and where the caller is, it may still be yesterday.
    if _mailing_date(scenario) < today() - timedelta(days=1):
        yield call.problem("1622", "The mailing date is past.", "La date de dépôt est passée.")
    if too_large(scenario["parcelCharacteristics"]):
        yield call.problem("9111", "No service carries such a parcel.", "Aucun service ne prend un tel colis.")
    yield from _option_problems(call, scenario.get("options", ()))


def _option_problems(call: Call, options: Any) -> Iterator[Problem]:
    codes = [option["optionCode"] for option in options]
    if set(codes) - set(OPTIONS) or len(set(codes)) < len(codes):
        text = "An option is not known or given twice.", "Une option est inconnue ou donnée deux fois."
        yield call.problem("EMU-OPTION", *text)
        return
    for code in codes:
        if set(OPTIONS[code].conflicts) & set(codes):
            yield call.problem("9134", "Options conflict.", "Des options sont incompatibles.")
            break
    for amount in (option.get("optionAmount") for option in options if option["optionCode"] == "COV"):
        if amount is None or amount > LARGEST_COVERAGE:
            text = "The coverage is missing or too high.", "La couverture est absente ou trop élevée."
            yield call.problem("1719", *text)
        elif amount > COVERAGE_WITHOUT_SIGNATURE and "SO" not in codes:
            yield call.problem("7050", "The COV option requires the SO option.", "L'option COV exige l'option SO.")


def _mailing_date(scenario: Mapping[str, Any]) -> date:
    text = scenario.get("expectedMailingDate", "")
    return date.fromisoformat(text[:10]) if text else today()
