"""The steps that a parcel can take, each with the ids of Canada Post's events.

The ids are facts; the texts are this project's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from deliver_to_po.emulator.country.office import Office
from deliver_to_po.emulator.country.offices import office
from deliver_to_po.emulator.state import State, StoredEvent, StoredShipment

TEXTS: Mapping[int, tuple[str, str]] = {
    3000: ("The shipper told Canada Post about this item", "L'expéditeur a annoncé cet article à Postes Canada"),
    1302: ("Item picked up by Canada Post", "Article ramassé par Postes Canada"),
    174: ("Item out for delivery", "Article sorti pour livraison"),
    100: ("Item processed", "Article traité"),
    170: ("Item arrived at a postal facility", "Article arrivé à une installation postale"),
    161: ("Item delayed by a labour dispute", "Article retardé par un conflit de travail"),
    1703: ("Item in transit to post office", "Article en transit au bureau de poste"),
    1701: ("Item available for pickup at post office", "Article peut être ramassé au bureau de poste"),
    156: ("Final notice: will be returned in 10 days", "Dernier avis : sera retourné dans 10 jours"),
    1408: ("Item delivered", "Article livré"),
    1421: ("Item delivered to the door", "Article livré à la porte"),
    1415: ("Item unclaimed, returning to sender", "Article non réclamé, retourné à l'expéditeur"),
    1496: ("Item delivered to the sender", "Article livré à l'expéditeur"),
    179: ("Item cannot be delivered as addressed", "Article non livrable à l'adresse indiquée"),
    1230: ("Redirection requested", "Réacheminement demandé"),
    1435: ("Nobody at the door, card left", "Personne à la porte, carte laissée"),
    1475: ("Item delivered to a parcel locker", "Article livré dans un casier à colis"),
    150: ("Hold period over, item disposed of", "Période de garde terminée, article détruit"),
    20: ("Signature available", "Signature disponible"),
}
# A parcel that travels back is told of under the same ids, in other words.
RETURN_TEXTS: Mapping[int, tuple[str, str]] = {
    1703: ("Item returned to sender is in transit", "L'article renvoyé à l'expéditeur est en transit"),
    1496: ("Item successfully returned to sender", "L'article a été renvoyé avec succès à l'expéditeur"),
}

# The events of each step, in order.
STEPS: Mapping[str, tuple[int, ...]] = {
    "announced": (3000,),
    "in_transit": (1302, 170),
    "to_post_office": (1703,),
    "delayed": (161,),
    "ready": (1701,),
    "reminded": (156,),
    "collected": (1408,),
    "delivered_at_door": (1421,),
    "returning": (1415,),
    "returned": (1496,),
    "undeliverable": (179,),
    "redirected": (1230,),
    "card_left": (1435,),
    "in_a_locker": (1475,),
    "disposed": (150,),
    "signed": (20,),
    "unknown_event": (9876,),
    "travelling_back": (1703,),
    "back_in_words": (1496,),
}
TRAVELS_BACK = ("travelling_back", "back_in_words")
# What becomes of a parcel, each of its steps so many days after the one before.
TO_THE_OFFICE = (("announced", 1), ("in_transit", 1), ("to_post_office", 1), ("ready", 1))
ON_ITS_WAY = (("announced", 0), ("in_transit", 1))
FATES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "collected": (*TO_THE_OFFICE, ("collected", 2), ("signed", 0)),
    "collected_late": (*TO_THE_OFFICE, ("reminded", 5), ("collected", 9)),
    "uncollected": (*TO_THE_OFFICE, ("reminded", 5), ("returning", 10), ("returned", 4)),
    "back_in_words": (*TO_THE_OFFICE, ("travelling_back", 15), ("back_in_words", 4)),
    "waiting": TO_THE_OFFICE,
    "on_its_way": TO_THE_OFFICE[:3],
    "never_mailed": (("announced", 0),),
    "delayed": (*ON_ITS_WAY, ("delayed", 1)),
    "redirected": (*ON_ITS_WAY, ("redirected", 1), ("ready", 1)),
    "card_left": (*ON_ITS_WAY, ("card_left", 1), ("ready", 1)),
    "in_a_locker": (*ON_ITS_WAY, ("in_a_locker", 2)),
    "at_the_door": (*ON_ITS_WAY, ("delivered_at_door", 2)),
    "never_ready": (*ON_ITS_WAY, ("collected", 2)),
    "disposed": (*TO_THE_OFFICE, ("disposed", 15)),
    "undeliverable": (*ON_ITS_WAY, ("undeliverable", 1)),
    "unknown_event": (*ON_ITS_WAY, ("unknown_event", 1)),
}
# The step that usually follows an event.
_USUALLY_NEXT: Mapping[int, str] = {
    3000: "in_transit",
    170: "to_post_office",
    161: "to_post_office",
    1703: "ready",
    1701: "collected",
    156: "collected",
    1415: "returned",
}
_AT_AN_OFFICE = (1701, 156, 1408, 1415)

# The provinces without Eastern time.
_ZONES: Mapping[str, str] = {
    "BC": "America/Vancouver",
    "YT": "America/Whitehorse",
    **dict.fromkeys(("AB", "NT"), "America/Edmonton"),
    "MB": "America/Winnipeg",
    "SK": "America/Regina",
    **dict.fromkeys(("NB", "NS", "PE"), "America/Halifax"),
    "NL": "America/St_Johns",
}


@dataclass(frozen=True)
class Move:
    """One step of a parcel. ``office_id`` is where, ``""`` for the post office it was sent to; ``at`` is local."""

    step: str
    office_id: str = ""
    at: datetime | None = None


def usual_next_step(state: State, pin: str) -> str:
    """Return the step that a parcel usually takes next."""
    events = state.events(pin)
    return _USUALLY_NEXT.get(events[0].code, "announced") if events else "announced"


def announce(state: State, shipment: StoredShipment) -> None:
    if not state.events(shipment.pin):
        move(state, shipment, Move("announced"))


def move(state: State, shipment: StoredShipment, wanted: Move) -> list[StoredEvent]:
    """Move a parcel along; raises ValueError for an unknown step or post office."""
    if wanted.step not in STEPS:
        raise ValueError(f"step is one of {', '.join(STEPS)}")
    place = office(wanted.office_id or shipment.office_id)
    if wanted.office_id and place is None:
        raise ValueError(f"there is no post office {wanted.office_id}")
    back = wanted.step in TRAVELS_BACK
    return [add_event(state, shipment, code, place, wanted.at, back=back) for code in STEPS[wanted.step]]


def undergo(
    state: State, shipment: StoredShipment, fate: str, at: datetime | None = None, office_id: str = ""
) -> list[StoredEvent]:
    """Let a parcel go through a whole fate that begins ``at``, local time, or now; raises ValueError.

    ``office_id`` is another post office than the one it was sent to.
    """
    if fate not in FATES:
        raise ValueError(f"fate is one of {', '.join(FATES)}")
    events: list[StoredEvent] = []
    when = at or datetime.now(UTC)
    for step, days in FATES[fate]:
        when += timedelta(days=days)
        events += move(state, shipment, Move(step, office_id, when))
    return events


def add_event(
    state: State,
    shipment: StoredShipment,
    code: int,
    place: Office | None,
    at: datetime | None = None,
    *,
    back: bool = False,
) -> StoredEvent:
    """Add one event, at a post office or on the way; ``back`` chooses the words of a parcel that travels back."""
    zone = ZoneInfo(_ZONES.get(place.province if place else "", "America/Toronto"))
    local = at.replace(tzinfo=at.tzinfo or zone) if at else datetime.now(zone)
    local = local.astimezone(zone).replace(microsecond=0)
    texts = {**TEXTS, **RETURN_TEXTS} if back else TEXTS
    english, french = texts.get(code, (f"Event {code}", f"Événement {code}"))
    named = place is not None and code in _AT_AN_OFFICE
    event = StoredEvent(
        code=code,
        at=local.replace(tzinfo=None),
        zone=f"{local:%Z}",
        english=english,
        french=french,
        site=place.city if place and code != 3000 else "",
        province=place.province if place and code != 3000 else "",
        office_id=place.office_id if place and named else "",
        office_name=place.location if place and named else "",
    )
    state.add_event(shipment.pin, event)
    return event
