from django.urls import path

from milepost.demo import views

app_name = "demo"

urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("sign-up/", views.sign_up, name="sign-up"),
    path("log-out/", views.log_out, name="log-out"),
    path("language/", views.language, name="language"),
    path("diary/", views.diary_page, name="diary"),
    path("foods/", views.foods, name="foods"),
    path("meals/", views.meals, name="meals"),
    path("sample/", views.sample, name="sample"),
    path("sample/remove/", views.sample_remove, name="sample-remove"),
    path("day/", views.day, name="day"),
    path("settings/", views.settings_page, name="settings"),
    path("premium/", views.premium, name="premium"),
]
