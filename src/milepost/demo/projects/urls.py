from django.urls import path

from milepost.demo.pages import shared
from milepost.demo.projects import views

app_name = "demo"

urlpatterns = [
    *shared("demo/projects/welcome.html"),
    path("projects/", views.projects, name="home"),
    path("projects/new/", views.create, name="create"),
    path("projects/<slug:key>/", views.project, name="project"),
    path("projects/<slug:key>/tasks/", views.add_task, name="add-task"),
    path("projects/<slug:key>/tasks/<slug:task>/", views.change_task, name="change-task"),
    path("sample/", views.sample, name="sample"),
    path("sample/remove/", views.sample_remove, name="sample-remove"),
    path("tasks/", views.mine, name="mine"),
    path("team/", views.team, name="team"),
    path("progress/", views.progress, name="progress"),
    path("settings/", views.settings_page, name="settings"),
    path("business/", views.business, name="business"),
]
