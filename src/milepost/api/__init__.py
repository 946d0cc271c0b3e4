"""The management API: JSON over HTTP, for programs of the team. Described by `/api/openapi.json`."""
