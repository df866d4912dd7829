"""Prices, services and options by the XML API. Building raises InvalidRequest, reading Unreadable."""

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.portal import rating
from deliver_to_po.canadapost.rules import check_account, check_rates
from deliver_to_po.canadapost.types import Account, OptionInfo, Rate, RateRequest, ServiceDetails
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import read

OPERATION = "rates"
PRICES_PATH = "/rs/ship/price"
SERVICES_PATH = "/rs/ship/service"
MEDIA_TYPE = "application/vnd.cpc.ship.rate-v4+xml"
NAMESPACE = "http://www.canadapost.ca/ws/ship/rate-v4"


def build_rate_request(request: RateRequest, account: Account) -> bytes:
    """Return the ``mailing-scenario``; raises InvalidRequest for what Canada Post gives no D2PO price for."""
    check_rates(OPERATION, request)
    check_account(OPERATION, account)
    return xml.write(OPERATION, NAMESPACE, "mailing-scenario", bodies.rates(request, account))


def service_path(code: str) -> str:
    return f"{SERVICES_PATH}/{code}"


def option_path(code: str) -> str:
    return f"/rs/ship/option/{code}"


def read_rates(operation: str, answer: Answer) -> list[Rate]:
    root = read(operation, answer, "price-quotes", namespace=NAMESPACE)
    return rating.read_rates(operation, xml.rows(root, "price-quote"))


def read_service(operation: str, answer: Answer) -> ServiceDetails:
    return rating.read_service(operation, xml.as_row(read(operation, answer, "service", namespace=NAMESPACE)))


def read_option(operation: str, answer: Answer) -> OptionInfo:
    return rating.read_option(operation, xml.as_row(read(operation, answer, "option", namespace=NAMESPACE)))
