from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "milepost.demo"
    label = "demo"
