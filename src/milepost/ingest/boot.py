"""What the browser SDKs of Segment and RudderStack ask before they send their first fact: that all is here, and that
nothing else is to be loaded."""

from typing import Any


def segment_settings(key: str, origin: tuple[str, str]) -> dict[str, Any]:
    """The settings of a project, for analytics.js 2. `origin` (protocol, host) is where it asked; facts are
    to go there too."""
    protocol, host = origin
    everything = {"__default": {"enabled": True, "integrations": {}}}
    return {
        "integrations": {
            "Segment.io": {
                "apiKey": key,
                "protocol": protocol,
                "apiHost": f"{host}/v1",
                "unbundledIntegrations": [],
                "addBundledMetadata": True,
                "maybeBundledConfigIds": {},
                "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
            }
        },
        "plan": {"track": everything, "identify": everything, "group": everything},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }


def rudder_config(key: str, workspace: int) -> dict[str, Any]:
    """The configuration of a source, for RudderStack's SDKs: no destinations, no telemetry."""
    silent = {"enabled": False}
    return {
        "source": {
            "id": f"milepost-{workspace}",
            "name": "Milepost",
            "writeKey": key,
            "enabled": True,
            "workspaceId": str(workspace),
            "config": {"statsCollection": {"errors": silent, "metrics": silent}},
            "connections": [],
            "destinations": [],
            "updatedAt": "2026-01-01T00:00:00.000Z",
        },
        "updatedAt": "2026-01-01T00:00:00.000Z",
    }
