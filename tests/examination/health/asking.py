"""Asks health for one finding."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from deliver_to_po.examination.health.examination import examine
from deliver_to_po.examination.health.finding import Finding, Limits


def found(name: str, limits: Limits | None = None) -> Finding:
    [finding] = [finding for finding in examine(limits or Limits()) if finding.name == name]
    return finding


def ago(**units: float) -> Any:
    """Return the moment that long ago."""
    return timezone.now() - timedelta(**units)
