"""The fork as Django knows it."""

from oscar.apps.partner import apps


class PartnerConfig(apps.PartnerConfig):
    """Oscar's own, in this folder."""

    name = "example_shop.oscar.partner"
