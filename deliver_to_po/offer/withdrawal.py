"""Is the option withdrawn just now, and what a person is told then: the merchant paused it, or nothing answers."""

from deliver_to_po.errors import OfficesUnavailable
from deliver_to_po.models.pause_in_force import paused
from deliver_to_po.offices.outage import nothing_answers


def withdrawn() -> str:
    """Return why the option is withdrawn, in the active language, or ``""``: for where a shop lists its methods.

    It is while the merchant has paused it, and for a minute after a search that nothing could answer. One indexed
    question to the database for each request and one to the cache, no call.
    """
    return paused() or (str(OfficesUnavailable.message) if nothing_answers() else "")
