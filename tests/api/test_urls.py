"""Where the step as JSON answers."""

import runpy

import pytest

from deliver_to_po.api import urls


def test_without_its_extra_it_cannot_be_included_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ImportError, match=r"pip install django-deliver-to-po\[api\]"):
        runpy.run_path(urls.__file__)
