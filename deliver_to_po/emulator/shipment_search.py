"""Reads the query of a search: for shipments by one number or by the day of those without manifest, for manifests."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.refusals import Refused
from deliver_to_po.emulator.state import StoredManifest, StoredShipment

Spelled = TypeVar("Spelled")

_BESIDE = ("date", "limit")


def known(call: Call, *spellings: Spelled) -> Sequence[Spelled]:
    """Return those of the spellings of one thing, the official one first, that are known, one at least."""
    return {"both": spellings, "first": spellings[:1], "second": spellings[-1:]}[call.world.config.spelling]


def asked_shipments(
    call: Call, spelled: Mapping[str, Sequence[str]], *, beside: Sequence[str] = ()
) -> list[StoredShipment]:
    """Return the shipments asked for, oldest first.

    ``spelled`` maps what is searched by to the API's parameters for it; parameters in ``beside`` are allowed and
    ignored. Raises Refused: 9183 for more than one search at a time, 9185 for a date or limit where none applies, 9105
    for none.
    """
    asked = call.request.args
    names = {name: what for what, spellings in spelled.items() for name in known(call, *spellings)}
    if call.world.config.unknown_finds_nothing and asked and not set(names) & set(asked):
        return []
    searches = [name for name in names if asked.get(name)]
    unknown = set(asked) - set(names) - set(_BESIDE) - set(beside)
    if len(searches) > 1 or (searches and unknown):
        raise Refused(
            call.problem("9183", "Search by one thing at a time.", "Cherchez selon un seul critère à la fois.")
        )
    if not searches:
        raise Refused(call.problem("9105", "Say what to search by.", "Indiquez un critère de recherche."))
    what = names[searches[0]]
    if what == "no_manifest":
        return _without_manifest(call)
    if any(name in asked for name in _BESIDE):
        raise Refused(call.problem("9185", "No date or limit here.", "Ni date ni limite pour cette recherche."))
    return call.world.state.find_shipments(**{what: asked[searches[0]]})


def listed_manifests(call: Call, *spelled: tuple[str, str]) -> list[StoredManifest]:
    """Return the manifests made from one day to another (9105, 9116); ``spelled`` is how the two days may be named."""
    asked, names = call.request.args, known(call, *spelled)
    start, end = next((pair for pair in names if pair[0] in asked), names[0])
    if call.world.config.unknown_finds_nothing and start not in asked:
        return []
    first, last = read_day(call, start), read_day(call, end)
    if first > last:
        raise Refused(call.problem("9116", "The start is after the end.", "Le début suit la fin."))
    return [one for one in call.world.state.manifests() if first <= one.created_on <= last]


def read_day(call: Call, name: str) -> date:
    """Return a day written YYYYMMDD; raises Refused (9105) where it is missing or written otherwise."""
    text = call.request.args.get(name, "")
    try:
        if re.fullmatch(r"[0-9]{8}", text):
            return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        pass
    raise Refused(call.problem("9105", f"{name} is a day written YYYYMMDD.", f"{name} est un jour écrit AAAAMMJJ."))


def _without_manifest(call: Call) -> list[StoredShipment]:
    day, limit = read_day(call, "date"), call.request.args.get("limit", "")
    if limit and not re.fullmatch(r"[1-9][0-9]{0,4}", limit):
        raise Refused(call.problem("9105", "limit is a whole number.", "limit est un nombre entier."))
    found = [
        shipment
        for shipment in call.world.state.find_shipments()
        if shipment.body.get("transmitShipment") and shipment.created_on == day
    ]
    return found[: int(limit)] if limit else found
