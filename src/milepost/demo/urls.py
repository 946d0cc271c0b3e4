from django.urls import path

from milepost.demo import views

app_name = "demo"

urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("sign-up/", views.sign_up, name="sign-up"),
    path("log-out/", views.log_out, name="log-out"),
    path("diary/", views.diary_page, name="diary"),
    path("foods/", views.foods, name="foods"),
    path("meals/", views.meals, name="meals"),
]
