"""The step's pages; a shop includes this module under a path of its own."""

from django.urls import path, re_path

from deliver_to_po.callbacks.views import webhook
from deliver_to_po.checkout import again_views, views

# A signed link: what it is about, when it was made, the signature.
AGAIN = r"^again/(?P<language>en|fr)/(?P<token>[A-Za-z0-9_:-]+)/"

app_name = "deliver_to_po"

urlpatterns = [
    path("", views.choose, name="choose"),
    path("pick-up/", views.pick_up, name="pick_up"),
    path("recipient/", views.recipient, name="recipient"),
    # Post office ids are digits, at most twelve of them; leading zeros count, so this is no number.
    re_path(r"^office/(?P<office_id>[0-9]{1,12})/$", views.office, name="office"),
    re_path(r"^again/(?P<language>en|fr)/$", again_views.chosen, name="chosen_again"),
    re_path(rf"{AGAIN}$", again_views.choose, name="again"),
    re_path(rf"{AGAIN}office/(?P<office_id>[0-9]{{1,12}})/$", again_views.office, name="again_office"),
    re_path(rf"{AGAIN}recipient/(?P<office_id>[0-9]{{1,12}})/$", again_views.recipient, name="again_recipient"),
    # Where the shipping system of that alias reports; aliases are names in the shop's settings.
    path("webhook/<str:alias>/", webhook, name="webhook"),
]
