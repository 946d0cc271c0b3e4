from django.urls import path

from milepost.demo.calories import views
from milepost.demo.pages import shared

app_name = "demo"

urlpatterns = [
    *shared("demo/calories/welcome.html"),
    path("diary/", views.diary_page, name="home"),
    path("foods/", views.foods, name="foods"),
    path("meals/", views.meals, name="meals"),
    path("sample/", views.sample, name="sample"),
    path("sample/remove/", views.sample_remove, name="sample-remove"),
    path("today/", views.today, name="today"),
    path("hooks/sample-data/", views.sample_hook, name="sample-hook"),
    path("day/", views.day, name="day"),
    path("settings/", views.settings_page, name="settings"),
    path("premium/", views.premium, name="premium"),
]
