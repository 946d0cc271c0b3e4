from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "milepost.workspace"
    label = "workspace"
    default_auto_field = "django.db.models.BigAutoField"
