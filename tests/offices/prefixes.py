"""What people have typed when they have typed four letters, five, or all of a place's name."""

from bisect import bisect_left
from collections.abc import Iterator

from deliver_to_po.offices.typed.places import Place, all_places, fold


def prefixes_with_their_largest_places() -> Iterator[tuple[str, set[Place]]]:
    """Yield each text once, with the most populous places whose names begin with it, counted in hundreds of people."""
    places = sorted(all_places(), key=lambda place: fold(place.name))
    names = [fold(place.name) for place in places]
    for typed in sorted({place.name[:letters] for place in places for letters in (4, 5, None)}):
        wanted = fold(typed)
        found = places[bisect_left(names, wanted) : bisect_left(names, f"{wanted}~")]
        most = max(place.population // 100 for place in found)
        yield typed, {place for place in found if place.population // 100 == most}
