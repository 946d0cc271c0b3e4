from django.apps import AppConfig


class SuccessConfig(AppConfig):
    name = "milepost.success"
    label = "success"
    default_auto_field = "django.db.models.BigAutoField"
