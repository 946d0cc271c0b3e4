"""The pages of the example that this installation shows; an example without pages has none."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

HOSTS = {
    "calorie-counter": "milepost.demo.calories.urls",
    "project-tool": "milepost.demo.projects.urls",
    "team-chat": "milepost.demo.chat.urls",
}

#: Where they are asked for sample data.
HOOKS = {"calorie-counter": "/demo/hooks/sample-data/"}

urlpatterns: list[URLPattern | URLResolver] = (
    [path("", include(HOSTS[settings.EXAMPLE]))] if settings.EXAMPLE in HOSTS else []
)
