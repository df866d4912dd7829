"""The inputs of the recipient's form say what Django's own would."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.utils.safestring import SafeString

from deliver_to_po.checkout.recipients.inputs import DropDown, Line

HOSTILE = "\"><script>'&amp;"
PROVINCES = [("", "Choose…"), ("QC", "Québec & <more>"), ("ON", "Ontario")]


class _Parts(HTMLParser):
    """Every tag with its attributes, whatever their order, and every text that is not just space."""

    def __init__(self, markup: str):
        super().__init__()
        self.found: list[Any] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.found += [data.strip()] if data.strip() else []


BOTH = [
    (Line({"type": "tel", "autocomplete": HOSTILE}), forms.TextInput({"type": "tel", "autocomplete": HOSTILE})),
    (DropDown({"autocomplete": HOSTILE}, PROVINCES), forms.Select({"autocomplete": HOSTILE}, PROVINCES)),
]


@pytest.mark.parametrize(("ours", "theirs"), BOTH, ids=["a line", "a list"])
@pytest.mark.parametrize("value", [None, "", "Zoé", "QC", "XX", HOSTILE])
def test_an_input_is_written_as_django_writes_it(ours: Any, theirs: Any, value: str | None) -> None:
    more = {"id": "id_of_it", "required": True, "disabled": False, "aria-invalid": "true"}
    assert _found(ours.render("it", value, more)) == _found(theirs.render("it", value, more))


def _found(markup: SafeString) -> list[Any]:
    assert isinstance(markup, SafeString)
    return _Parts(markup).found
