"""The ways to make shipments at Canada Post: through either API, with a contract or without one."""

from typing import Any

from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.conf import APIS, BY_CARD
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Shipment
from tests.factories import going_to, make_delivery, make_shipment

WITHOUT_CONTRACT = tuple(api + BY_CARD for api in APIS)
WAYS = (*APIS, *WITHOUT_CONTRACT)


def call_of(way: str, verb: str) -> str:
    """Return the emulator's name of the call that does this with a shipment of that way."""
    return f"{verb}_ncshipment" if way == "webservices by card" else f"{verb}_shipment"


def charged_at_once(way: str) -> bool:
    """Say whether a shipment of that way is paid by card when it is made."""
    return way.endswith(BY_CARD)


def due_shipment(way: str, group: str = "2026-11-25") -> Shipment:
    """Return a shipment that is due that way, which the app goes; ``group`` where there are any."""
    office = canada_post().find_offices(NearPostalCode("K1A0B1"))[0]
    return make_shipment(make_delivery(**going_to(office)), api=way, group="" if charged_at_once(way) else group)


def go(way: str, emulator: EmulatorServer, change_settings: Any) -> None:
    """Let the app go that way, and the emulator have a customer who can go no other one."""
    by_card = charged_at_once(way)
    contract = "" if by_card else emulator.config.contract_id
    emulator.configure(contract_id=contract)
    change_settings(
        CANADA_POST={"API": way.removesuffix(BY_CARD), "WITHOUT_CONTRACT": by_card, "CONTRACT_ID": contract}
    )
