"""How facts get in: the snippet for a page, a line for a terminal, and whether the first one has arrived."""

from dataclasses import dataclass

from django.conf import settings

from milepost.runtime import queries as runtime
from milepost.workspace import keys, queries
from milepost.workspace.models import Key, Workspace


@dataclass(frozen=True, slots=True)
class Install:
    """Shapes: `snippet` is HTML for the product's pages, `curl` one command. `arrived`: at least one fact is here."""

    write_key: str
    snippet: str
    curl: str
    python: str
    arrived: bool


def gather_install(workspace: Workspace) -> Install:
    key, url = keys.reveal(queries.live_keys(workspace.pk, Key.WRITE)[0]), settings.PUBLIC_URL
    return Install(
        write_key=key,
        snippet=f'<script async src="{url}/sdk/milepost.js" data-key="{key}"></script>',
        curl=(
            f"curl {url}/v1/track -u {key}: -H 'Content-Type: application/json' \\\n"
            """  -d '{"userId": "me", "event": "Signed Up"}'"""
        ),
        python=(
            "import segment.analytics as analytics  # pip install segment-analytics-python\n\n"
            f'analytics.write_key = "{key}"\n'
            f'analytics.host = "{url}"\n'
            'analytics.track("me", "Signed Up")\n'
            "analytics.flush()"
        ),
        arrived=runtime.has_facts(workspace.pk),
    )
