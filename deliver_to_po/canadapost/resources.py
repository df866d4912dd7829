"""Where an API has what the client asks for and what it calls that: one table for each API."""

from typing import NamedTuple

JSON = "application/json"


class Resource(NamedTuple):
    """One thing that is asked for; ``path`` has places for the customer, on whose behalf (``mobo``), and an ``id``.

    ``kind`` names the limit that its calls count against, as in ``Caller.call``. Only XML has the rest: the namespace
    of its documents, where it is known for sure; the ``names`` of an answer's root, and of its ``items`` where that is
    a list; and the root of what is sent.
    """

    path: str
    kind: str = ""
    media_type: str = JSON
    namespace: str = ""
    names: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    sends: str = ""


class Api(NamedTuple):
    """Where everything is, and how the parameters of searches may be spelled, the likeliest spelling first."""

    offices: Resource
    office: Resource
    rates: Resource
    option: Resource
    shipments: Resource
    shipment: Resource
    details: Resource
    void: Resource
    refund: Resource
    groups: Resource
    manifests: Resource
    manifest: Resource
    tracking: Resource
    references: Resource
    by_request_id: tuple[str, ...]
    by_group: tuple[str, ...]
    without_manifest: tuple[str, ...]
    #: The first and the last day of a search for manifests.
    between: tuple[tuple[str, str], ...]
    #: Customer, reference, first and last day of a search for tracking numbers.
    by_reference: tuple[tuple[str, str, str, str], ...]
    #: Whether a shipment says who pays, beside the contract, and a manifest's sender in which country.
    says_payer: bool
    says_country: bool
