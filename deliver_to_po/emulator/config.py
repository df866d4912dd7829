"""How an emulator is set up: its one customer, its limits, and which variant of an answer it gives."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

# The shape of the portal's answers about post offices and the namespace of XML tracking are not published [I]. A good
# client reads all of these.
Variant: TypeAlias = Literal["array", "object", "kebab", "text"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)

# How a call beyond the limit is refused: HTTP 429 with Retry-After, or "Rejected by SLM Monitor".
Throttling: TypeAlias = Literal["429", "slm"]
THROTTLINGS: tuple[Throttling, ...] = get_args(Throttling)

# Texts disagree about how parameters of searches are spelled: which spellings are known, the official one first.
Spelling: TypeAlias = Literal["both", "first", "second"]
SPELLINGS: tuple[Spelling, ...] = get_args(Spelling)

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PREFIX = "/prod/devportal-portaildesdeveloppeurs"

# The card of a customer who pays at once: a valid one, none (9174), or one that cannot be charged (1182).
Card: TypeAlias = Literal["valid", "none", "declined"]
CARDS: tuple[Card, ...] = get_args(Card)

# No secret: whoever reaches loopback may use the emulator.
DEFAULT_CLIENT = "emulator"


@dataclass(frozen=True)
class EmulatorConfig:
    """The one customer that the emulator knows, and how it behaves.

    Without a ``contract_id`` the customer has no agreement, only Solutions for Small Business, and pays by ``card``.
    ``client_id`` and ``client_secret`` are the portal's application and the web services' user and password alike.
    ``label_waits`` is how often each label answers 202 before it comes, ``manifest_waits`` how often each manifest
    answers 9153; ``variant`` is the shape of post office answers: a bare ``array``, an ``object`` that holds it,
    ``kebab`` keys, or numbers as ``text``. ``calls_per_minute`` limits each group of operations (0: no limit);
    ``published_limits`` takes Canada Post's own numbers where that is 0. ``suspend_shipments`` makes new shipments
    suspended; ``refunds_fail`` answers 7296; ``transmits_fail`` takes a transmission and then answers 9154 in place of
    its manifest; ``label_redirects`` sends label calls to another host name with 302. ``spelling`` is which names of
    parameters of searches are known; ``unknown_finds_nothing`` answers an empty list to any other, in place of 9105.
    """

    client_id: str = DEFAULT_CLIENT
    client_secret: str = f"{DEFAULT_CLIENT}-secret"
    customer_number: str = "0007023210"
    contract_id: str = "0040000001"
    token_lifetime_seconds: float = 3600.0
    label_waits: int = 0
    variant: Variant = "array"
    manifest_waits: int = 0
    calls_per_minute: int = 0
    published_limits: bool = False
    throttled_as: Throttling = "429"
    suspend_shipments: bool = False
    refunds_fail: bool = False
    label_redirects: bool = False
    transmits_fail: bool = False
    spelling: Spelling = "both"
    unknown_finds_nothing: bool = False
    card: Card = "valid"
