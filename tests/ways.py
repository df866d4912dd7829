"""The ways to make shipments at Canada Post: through either API, with a contract or without one."""

from typing import Any

from deliver_to_po.core.conf import APIS, BY_CARD
from deliver_to_po.emulator.server import EmulatorServer

WITHOUT_CONTRACT = tuple(api + BY_CARD for api in APIS)
WAYS = (*APIS, *WITHOUT_CONTRACT)


def go(way: str, emulator: EmulatorServer, change_settings: Any) -> None:
    """Let the app go that way, and the emulator have a customer who can go no other one."""
    by_card = way.endswith(BY_CARD)
    contract = "" if by_card else emulator.config.contract_id
    emulator.configure(contract_id=contract)
    change_settings(
        CANADA_POST={"API": way.removesuffix(BY_CARD), "WITHOUT_CONTRACT": by_card, "CONTRACT_ID": contract}
    )
