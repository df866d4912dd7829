"""The step as JSON; a shop includes this module under a path with its version, such as ``d2po/v1/``."""

from deliver_to_po.api.step import api

app_name = "deliver_to_po_api"

urlpatterns = api.patterns()
