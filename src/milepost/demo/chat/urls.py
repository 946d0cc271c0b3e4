from django.urls import path

from milepost.demo.chat import views
from milepost.demo.pages import shared

app_name = "demo"

urlpatterns = [
    *shared("demo/chat/welcome.html"),
    path("channels/", views.channel, name="home"),
    path("channels/new/", views.new_channel, name="new-channel"),
    path("channels/<str:key>/", views.channel, name="channel"),
    path("channels/<str:key>/decide/<slug:message>/", views.decide, name="decide"),
    path("decisions/", views.decisions, name="decisions"),
    path("meetings/", views.meetings, name="meetings"),
    path("settings/", views.settings_page, name="settings"),
]
