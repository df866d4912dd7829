"""Fetches hours in the background, with the time zone, so that the list shows them the next time somebody looks."""

from collections.abc import Iterable

from deliver_to_po.canadapost.types import Language
from deliver_to_po.core.background import send_after_commit, task
from deliver_to_po.core.language import language_of
from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.offices.finder import fetch_office
from deliver_to_po.offices.upkeep import find_zones


@task
def fetch_hours(argument: list[str]) -> None:
    """Fetch hours of offices; ``argument`` is a language, then their ids. Stops at the first that cannot be fetched."""
    language, office_ids = language_of(argument[0]), argument[1:]
    find_zones(office_ids)
    try:
        for office_id in office_ids:
            fetch_office(office_id, language)
    except DeliverToPoError:
        return


def ask_for_hours(office_ids: Iterable[str], language: Language) -> bool:
    """Let a worker fetch the hours of these offices; say whether one will."""
    ids = list(office_ids)
    return bool(ids) and send_after_commit(fetch_hours, [language, *ids])
