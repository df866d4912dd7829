"""The emulator's own page as HTML; everything that somebody sent is escaped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from deliver_to_po.emulator.calls import World
from deliver_to_po.emulator.control import SETTINGS
from deliver_to_po.emulator.faults import ANY_OPERATION, NAMED_FAULTS
from deliver_to_po.emulator.offices import office
from deliver_to_po.emulator.operations import NAMES
from deliver_to_po.emulator.page_texts import FAULTS, LANGUAGES, STATUSES, STEPS, TEXTS, Language, in_language
from deliver_to_po.emulator.parcel_steps import STEPS as STEP_EVENTS
from deliver_to_po.emulator.parcel_steps import usual_next_step
from deliver_to_po.emulator.state import StoredShipment

_HTTP_STATUSES = ("401", "403", "404", "429", "500", "502", "503", "504")
_LANGUAGE_NAMES: Mapping[Language, str] = {"en": "English", "fr": "Français"}
_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #222; }}
.languages {{ float: right; margin: 0; }}
.problem {{ border-left: .3rem solid #b00; padding: .3rem .6rem; background: #fee; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; margin-bottom: 1rem; }}
th, td {{ text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ccc; vertical-align: top; }}
td.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
form {{ display: inline-flex; flex-wrap: wrap; gap: .4rem; align-items: end; vertical-align: bottom; }}
label {{ font-size: .85rem; display: flex; flex-direction: column; }}
input, select, button {{ font: inherit; font-size: .9rem; padding: .15rem .4rem; }}
input {{ width: 12rem; }} input[type=number] {{ width: 4rem; }} input[type=checkbox] {{ width: auto; }}
.columns {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 2rem; }}
</style></head><body>
<p class="languages">{languages}</p>
<h1>{title}</h1>{problem}
<p>{about}</p>
<h2>{shipments_heading}</h2>{shipments}
<h2>{manifests_heading}</h2>{manifests}
<h2>{faults_heading}</h2>{faults}
<div class="columns"><div><h2>{calls_heading}</h2>{calls}</div><div><h2>{settings_heading}</h2>{settings}</div></div>
<p>{credits}</p>
</body></html>"""


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The page in one language; ``root`` is its address, with a slash at the end."""

    world: World
    root: str
    language: Language

    def html(self, problem: str = "") -> str:
        """Return the page; ``problem`` is a name of ``TEXTS``, said at the top."""
        calls = ((name, count) for name, count in self.world.state.calls().items())
        settings = ((name, self._value(getattr(self.world.config, name))) for name in SETTINGS)
        headings = ("shipments", "manifests", "faults", "calls", "settings")
        return _PAGE.format(
            language=self.language,
            languages=self._languages(),
            title=self._text("title"),
            problem=f'<p class="problem" role="alert">{self._text(problem)}</p>' if problem else "",
            about=self._about(),
            shipments=self._shipments(),
            manifests=self._manifests(),
            faults=self._planned_faults() + self._fault_forms(),
            calls=self._table(("operation", "calls"), calls),
            settings=self._table(("setting", "value"), settings),
            credits=self._credits(),
            **{f"{name}_heading": self._text(name) for name in headings},
        )

    def _text(self, name: str) -> str:
        """Return a text as HTML."""
        return escape(in_language(TEXTS[name], self.language), quote=False)

    def _languages(self) -> str:
        others = (one for one in LANGUAGES if one != self.language)
        return " ".join(
            f'<a href="{escape(self.root)}?lang={one}" lang="{one}" hreflang="{one}">{_LANGUAGE_NAMES[one]}</a>'
            for one in others
        )

    def _about(self) -> str:
        control_api = _anchor(f"{self.root}_emulator/", self._text("control_api"))
        return f"{self._text('about')} {self._text('about_control').format(control_api=control_api)}"

    def _credits(self) -> str:
        geonames = _anchor("https://www.geonames.org", "GeoNames")
        return f"{self._text('places_from')} {geonames}, CC BY 4.0. {self._text('outlines_from')}"

    def _shipments(self) -> str:
        heads = ("tracking_number", "state", "parcel", "reference", "post_office", "document", "move_along")
        return self._table(heads, (self._shipment(one) for one in reversed(self.world.state.shipments())))

    def _shipment(self, shipment: StoredShipment) -> tuple[object, ...]:
        place = office(shipment.office_id)
        location = (place.location_fr if self.language == "fr" else place.location) if place else ""
        return (
            shipment.pin,
            in_language(STATUSES["voided" if shipment.voided else shipment.status], self.language),
            self._last_event(shipment),
            shipment.spec.get("references", {}).get("customerRef1", ""),
            f"{shipment.office_id} {location}",
            Html(_anchor(f"{self.root}_emulator/labels/{shipment.shipment_id}.pdf", self._text("label"))),
            Html(self._move_form(shipment)),
        )

    def _last_event(self, shipment: StoredShipment) -> str:
        events = self.world.state.events(shipment.pin)
        if not events:
            return in_language(TEXTS["no_events"], self.language)
        at = events[0].at.strftime(in_language(TEXTS["time"], self.language))
        return f"{in_language((events[0].english, events[0].french), self.language)} ({at})"

    def _move_form(self, shipment: StoredShipment) -> str:
        steps = {name: in_language(STEPS[name], self.language) for name in STEP_EVENTS}
        select = _select("step", steps, self._text("next_step"), usual_next_step(self.world.state, shipment.pin))
        other = self._text("other_office")
        return (
            f"{self._form('move')}"
            f'<input type="hidden" name="shipment" value="{escape(shipment.shipment_id)}">{select}'
            f'<input name="office" placeholder="{other}" aria-label="{other}">'
            f"<button>{self._text('move')}</button></form>"
        )

    def _manifests(self) -> str:
        rows = (
            (
                one.po_number,
                one.manifest_id,
                ", ".join(one.body["groupIds"]),
                Html(_anchor(f"{self.root}_emulator/manifests/{one.manifest_id}.pdf", "PDF")),
            )
            for one in self.world.state.manifests()
        )
        return self._table(("number", "id", "groups", "document"), rows)

    def _planned_faults(self) -> str:
        rows = (
            (
                row["operation"],
                row["fault"],
                row["count"] or in_language(TEXTS["until_cleared"], self.language),
                in_language(TEXTS["percent"], self.language).format(percent=round(row["probability"] * 100)),
                self._value(row["after"]),
            )
            for row in self.world.faults.as_json()
        )
        return self._table(("operation", "fault", "calls_to_come", "probability", "after_work"), rows)

    def _fault_forms(self) -> str:
        operations = {name: name for name in (ANY_OPERATION, *NAMES)}
        means = in_language(TEXTS["fault_means"], self.language)
        faults = {one: means.format(fault=one, meaning=in_language(FAULTS[one], self.language)) for one in NAMED_FAULTS}
        faults |= {status: f"HTTP {status}" for status in _HTTP_STATUSES}
        form = self._form("faults")
        return (
            f"{form}<label>{self._text('operation')} {_select('operation', operations)}</label>"
            f"<label>{self._text('fault')} {_select('fault', faults)}</label>"
            f'<label>{self._text("calls")} <input type="number" name="count" value="1" min="1"></label>'
            f'<label>{self._text("after_work")} <input type="checkbox" name="after"></label>'
            f"<button>{self._text('plan')}</button></form> "
            f'{form}<button name="clear" value="1">{self._text("clear_all")}</button></form>'
        )

    def _form(self, what: str) -> str:
        return f'<form method="post" action="{escape(self.root)}_emulator/page/{what}?lang={self.language}">'

    def _table(self, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
        lines = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
        if not lines:
            return f"<p>{self._text('none_yet')}</p>"
        head = "".join(f"<th>{self._text(name)}</th>" for name in heads)
        return f'<div class="scroll"><table><tr>{head}</tr>{lines}</table></div>'

    def _value(self, value: object) -> object:
        return in_language(TEXTS["yes" if value else "no"], self.language) if isinstance(value, bool) else value


def _cell(value: object) -> str:
    number = ' class="n"' if isinstance(value, int | float) else ""
    return f"<td{number}>{value if isinstance(value, Html) else escape(str(value))}</td>"


def _select(name: str, options: Mapping[str, str], label: str = "", chosen: str = "") -> str:
    inner = "".join(
        f'<option value="{escape(value)}"{" selected" * (value == chosen)}>{escape(text)}</option>'
        for value, text in options.items()
    )
    named = f' aria-label="{label}"' if label else ""
    return f'<select name="{name}"{named}>{inner}</select>'


def _anchor(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{text}</a>'
