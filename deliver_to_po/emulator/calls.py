"""One call to the emulator, and the table of what may be called."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import TypeAlias

from werkzeug.wrappers import Request, Response

from deliver_to_po.emulator.config import EmulatorConfig
from deliver_to_po.emulator.faults import FaultPlan
from deliver_to_po.emulator.offices import Office, all_offices
from deliver_to_po.emulator.state import State


@dataclass(slots=True)
class World:
    """Everything that calls share."""

    config: EmulatorConfig
    state: State
    faults: FaultPlan = field(default_factory=FaultPlan)
    stopping: Event = field(default_factory=Event)

    def offices(self, *, d2po_only: bool) -> list[Office]:
        """Return the offices that are not gone, perhaps only those that take D2PO parcels today."""
        closings = self.state.closings()
        return [
            office
            for office in all_offices()
            if closings.get(office.office_id) != "gone"
            and not (d2po_only and (not office.accepts_d2po or office.office_id in closings))
        ]


@dataclass(frozen=True, slots=True)
class Call:
    """One request, with the world it meets."""

    world: World
    request: Request

    @property
    def french(self) -> bool:
        """Say whether names and messages are asked for in French."""
        return (self.request.accept_languages.best or "").lower().startswith("fr")

    @property
    def base(self) -> str:
        """Return the address below which this caller reaches the portal, without a slash at the end."""
        return self.request.root_url.rstrip("/")

    def said(self, english: str, french: str) -> str:
        """Return the text in the caller's language."""
        return french if self.french else english


Handler: TypeAlias = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that may be called: its name is what calls are counted and faults are planned by."""

    name: str
    method: str
    path: str
    handle: Handler
    needs_token: bool = True
    answers_json: bool = True
