"""The app as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from deliver_to_po.operations import checks
from deliver_to_po.operations.leaflet_admin import postpone_leaflet_admin


class DeliverToPoConfig(AppConfig):
    """Deliver to Post Office: the buyer's step, the hand-off, the merchant's desk."""

    name = "deliver_to_po"
    label = "deliver_to_po"
    verbose_name = _("Deliver to Post Office")
    # Set here, so that a shop with another DEFAULT_AUTO_FIELD gets no migration of ours.
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Import the models and postpone ``leaflet.admin``.

        Django does this for every app before it calls the first ``ready()``, and it is in ``ready()`` that the admin
        imports every app's ``admin`` module: so it does not matter where in INSTALLED_APPS the three apps stand.
        """
        super().import_models()
        if self.apps and any(config.name == "leaflet" for config in self.apps.app_configs.values()):
            postpone_leaflet_admin()

    def ready(self) -> None:
        """Register the system checks, and what there is to do in the background."""
        from deliver_to_po.outbox.jobs import registry

        checks.register_all()
        registry.add_late(_register_jobs)


def _register_jobs() -> None:
    from deliver_to_po.api.callbacks import signed_reports
    from deliver_to_po.handoff import jobs
    from deliver_to_po.notices import jobs as notice_jobs
    from deliver_to_po.offices.upkeep import AT_A_TIME, find_zones
    from deliver_to_po.outbox.jobs import Housekeeping, registry
    from deliver_to_po.privacy import jobs as privacy_jobs
    from deliver_to_po.tracking import jobs as tracking_jobs

    jobs.register()
    notice_jobs.register()
    privacy_jobs.register()
    signed_reports.register()
    tracking_jobs.register()
    registry.add(Housekeeping("time zones of post offices", find_zones, AT_A_TIME))
