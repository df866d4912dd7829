"""Stub."""

OPERATIONS = ()
