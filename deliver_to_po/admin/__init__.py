"""The merchant's desk: deliveries with what became of them, labels, the directory of post offices.

No page here asks Canada Post anything while it renders; only "hand off now" does, because somebody pressed it.
"""

from django.apps import apps

# A shop without Django's admin has no desk; what its own pages show of a label is `shops_label`.
if apps.is_installed("django.contrib.admin"):
    from django.contrib import admin

    from deliver_to_po.admin.by_hand.exports import ExportAdmin
    from deliver_to_po.admin.day_end.manifests import ManifestAdmin
    from deliver_to_po.admin.deliveries.delivery_admin import DeliveryAdmin
    from deliver_to_po.admin.offices import OfficeAdmin
    from deliver_to_po.admin.pauses import PauseAdmin
    from deliver_to_po.admin.privacy.request_log import PrivacyRequestAdmin
    from deliver_to_po.models import Delivery, Export, Manifest, Office, Pause, PrivacyRequest

    admin.site.register(Delivery, DeliveryAdmin)
    admin.site.register(Export, ExportAdmin)
    admin.site.register(Manifest, ManifestAdmin)
    admin.site.register(Office, OfficeAdmin)
    admin.site.register(Pause, PauseAdmin)
    admin.site.register(PrivacyRequest, PrivacyRequestAdmin)
