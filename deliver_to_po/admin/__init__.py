"""The merchant's desk: deliveries with what became of them, labels, the directory of post offices.

No page here asks Canada Post anything while it renders; only "hand off now" does, because somebody pressed it.
"""

from django.apps import apps

# A shop without Django's admin has no desk; what its own pages show of a label is `shops_label`.
if apps.is_installed("django.contrib.admin"):
    from django.contrib import admin

    from deliver_to_po.admin.late_admin import CLASSES, LateAdmin

    admin.site.register(CLASSES, LateAdmin)
