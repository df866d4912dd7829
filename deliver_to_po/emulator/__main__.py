"""``python -m deliver_to_po.emulator``: Canada Post on this machine."""

import argparse
import sqlite3
import sys
from pathlib import Path
from typing import Any

from deliver_to_po.emulator.config import CARDS, LOOPBACK, PREFIX, THROTTLINGS, VARIANTS, EmulatorConfig
from deliver_to_po.emulator.extra import MissingExtra

_DESCRIPTION = """Canada Post on this machine, for development and tests: the portal's JSON API and the XML web
services, with post offices, prices, shipments, labels, manifests and tracking, and map tiles. Its post offices are made
up. It answers on loopback only."""
_EPILOG = """Point the client's BASE_URL at the printed address. The page at the address shows shipments, calls and
faults and moves parcels along; the control API below /_emulator/ does the same for programs. Places come from GeoNames
(CC BY 4.0), outlines of provinces from Natural Earth."""

# Those of the EmulatorConfig that may be set from here: what is said of each, and how it is read.
_NUMBER: dict[str, Any] = {"type": int, "metavar": "N"}
_SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "client_id": ("the one client id that is accepted", {}),
    "client_secret": ("its secret", {}),
    "customer_number": ("the one customer", {}),
    "contract_id": ('the customer\'s contract; "" for one without an agreement, who pays by card', {}),
    "card": ("the customer's card", {"choices": CARDS}),
    "token_lifetime_seconds": ("how long a token is valid", {"type": float, "metavar": "SECONDS"}),
    "label_waits": ("how often each label answers 202 before it comes", _NUMBER),
    "manifest_waits": ("how often each manifest answers 9153 before it comes", _NUMBER),
    "calls_per_minute": ("limit for each group of operations; 0 is no limit", _NUMBER),
    "throttled_as": ("answer to a call beyond a limit", {"choices": THROTTLINGS}),
    "variant": ("shape of post office answers, since nobody has seen the real one", {"choices": VARIANTS}),
}


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; return the exit status: 1 without the extra, or if --data cannot be opened."""
    options = _parser(EmulatorConfig()).parse_args(arguments)
    try:
        return _serve(options)
    except MissingExtra as missing:
        print(missing, file=sys.stderr)
    except sqlite3.Error as error:
        print(f"--data {options.data}: {error}. Name another file, in a folder that exists.", file=sys.stderr)
    return 1


def _serve(options: argparse.Namespace) -> int:
    from deliver_to_po.emulator.server import EmulatorServer

    config = _config(options)
    server = EmulatorServer(port=options.port, host=options.host, data=options.data, config=config)
    try:
        address = server.listen()
        _announce(address, config)
        server.serve()
    except KeyboardInterrupt:
        print("Stopped.")
    finally:
        server.stop()
    return 0


def _config(options: argparse.Namespace) -> EmulatorConfig:
    known = EmulatorConfig.__dataclass_fields__
    return EmulatorConfig(**{name: value for name, value in vars(options).items() if name in known})


def _parser(defaults: EmulatorConfig) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m deliver_to_po.emulator", description=_DESCRIPTION, epilog=_EPILOG)
    add = parser.add_argument
    add("--port", type=_port, default=8899, help="port to answer on; 0 takes a free one (default: %(default)s)")
    add("--host", choices=LOOPBACK, default=LOOPBACK[0], help="loopback address to answer on (default: %(default)s)")
    kept = "SQLite file that keeps the state (default: none, the state ends with the process)"
    add("--data", type=Path, metavar="FILE", help=kept)
    for name, (told, how) in _SETTINGS.items():
        option = f"--{name.replace('_', '-')}"
        add(option, default=getattr(defaults, name), help=f"{told} (default: %(default)s)", **how)
    add("--published-limits", action="store_true", help="limits as Canada Post publishes them for its web services")
    return parser


def _port(text: str) -> int:
    # The system takes a larger number for another one.
    if not (text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError("name one from 0 to 65535")
    return int(text)


def _announce(address: str, config: EmulatorConfig) -> None:
    lines = (
        f"Canada Post emulator   {address}/",
        f"BASE_URL               {address} or {address}{PREFIX}",
        f"CLIENT_ID              {config.client_id}",
        f"CLIENT_SECRET          {config.client_secret}",
        f"USERNAME, PASSWORD     {config.client_id}, {config.client_secret} (web services)",
        f"CUSTOMER_NUMBER        {config.customer_number}",
        f"CONTRACT_ID            {config.contract_id}" if config.contract_id else "WITHOUT_CONTRACT       True",
        f"Map tiles              {address}/tiles/{{z}}/{{x}}/{{y}}.svg",
        "Press Ctrl+C to stop.",
    )
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    sys.exit(main())
