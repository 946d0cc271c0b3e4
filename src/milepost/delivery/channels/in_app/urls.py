"""What a piece leads to outside of the product: the pages of a deck, and a certificate."""

from django.urls import path

from milepost.delivery.channels.in_app import views

app_name = "in_app"
urlpatterns = [path("k/<str:token>", views.showing, name="showing")]
