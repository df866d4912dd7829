"""How an emulator is set up: whose shipments it takes, and how tolerant it is."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

# What nobody has seen yet [I]: the shape of the portal's answers about post offices. A good client reads all of these.
Variant: TypeAlias = Literal["array", "object", "kebab", "text"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PREFIX = "/prod/devportal-portaildesdeveloppeurs"

# Public, since whoever reaches the loopback may use the emulator.
DEFAULT_CLIENT = "emulator"


@dataclass(frozen=True, slots=True)
class EmulatorConfig:
    """The one customer that the emulator knows, and its ways.

    ``label_waits`` is how often each label answers 202 before it comes; ``variant`` is the shape of post office
    answers: a bare ``array``, an ``object`` that holds it, ``kebab`` keys, or numbers as ``text``.
    """

    client_id: str = DEFAULT_CLIENT
    client_secret: str = f"{DEFAULT_CLIENT}-secret"
    customer_number: str = "0007023210"
    contract_id: str = "0040000001"
    token_lifetime_seconds: float = 3600.0
    label_waits: int = 0
    variant: Variant = "array"
