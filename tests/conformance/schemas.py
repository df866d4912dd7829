"""Canada Post's own schemas, read where CANADA_POST_FACTS says; never copied into the project."""

import json
import os
from functools import lru_cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree

VARIABLE = "CANADA_POST_FACTS"
NEEDS_FACTS = pytest.mark.services(VARIABLE)


def facts() -> Path:
    """Return the folder of what is known about Canada Post; tests that need it are left out without it."""
    return Path(os.environ[VARIABLE])


@lru_cache
def schema(name: str) -> etree.XMLSchema:
    """Return a schema by the name of its file, without ``.xsd``."""
    return etree.XMLSchema(etree.parse(facts() / "xsd" / f"{name}.xsd"))


def faults(name: str, document: bytes) -> list[str]:
    """Return what the schema has against ``document``; nothing where it is valid."""
    checker = schema(name)
    if checker.validate(etree.fromstring(document)):
        return []
    return str(checker.error_log).splitlines() or ["invalid"]


@lru_cache
def create_schema() -> Draft202012Validator:
    """Return the schema of what the portal is sent to create a shipment."""
    text = (facts() / "samples" / "portal_create_shipment.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text), format_checker=FormatChecker())
