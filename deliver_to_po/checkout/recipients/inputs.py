"""Inputs written out as Django's templates would: it renders one for each input, option and set of attributes."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SELECTED = SafeString(" selected")


class Line(forms.TextInput):
    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, *_: Any, **_renderer: Any
    ) -> SafeString:
        """Return the input; no template is rendered."""
        shown = self.format_value(value)
        told = {"type": self.input_type, "name": name} | ({} if shown is None else {"value": shown})
        return format_html("<input{}>", _written(told | self.build_attrs(self.attrs, attrs)))


class DropDown(forms.Select):
    """One of a few choices, none of which are in groups."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, *_: Any, **_renderer: Any
    ) -> SafeString:
        """Return the list with its options; no template is rendered."""
        chosen = self.format_value(value)
        rows = ((key, SELECTED if str(key) in chosen else "", words) for key, words in self.choices)
        options = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        told = {"name": name} | self.build_attrs(self.attrs, attrs)
        return format_html("<select{}>{}</select>", _written(told), options)


def _written(attributes: Mapping[str, Any]) -> SafeString:
    """Return attributes as they stand in a tag: True is one without a value, False is left out."""
    named = format_html_join("", ' {}="{}"', (pair for pair in attributes.items() if not isinstance(pair[1], bool)))
    return named + format_html_join("", " {}", ((name,) for name, value in attributes.items() if value is True))
