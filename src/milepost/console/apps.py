from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "milepost.console"
    label = "console"
