"""The step's pages; a shop includes this module under a path of its own."""

from django.urls import path, re_path

from deliver_to_po.checkout import views

app_name = "deliver_to_po"

urlpatterns = [
    path("", views.choose, name="choose"),
    path("recipient/", views.recipient, name="recipient"),
    # Post office ids are digits, at most twelve of them; leading zeros count, so this is no number.
    re_path(r"^office/(?P<office_id>[0-9]{1,12})/$", views.office, name="office"),
]
