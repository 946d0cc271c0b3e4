"""The OpenAPI 3.1 document of this API, made from the table of endpoints and the types of their answers."""

from functools import lru_cache
from typing import Any

import msgspec

from milepost import __version__
from milepost.api.routes import ENDPOINTS, Endpoint

_REF = "#/components/schemas/{name}"
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457: what went wrong, and how to mend it.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "A stable word that programs may test for."},
        "detail": {"type": "string"},
        "mend": {"type": "string"},
        "path": {"type": "string"},
    },
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    answers = [endpoint.answer for endpoint in ENDPOINTS]
    schemas, components = msgspec.json.schema_components(answers, ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Milepost", "version": __version__, "description": "The management API."},
        "servers": [{"url": "/api/v1"}],
        "security": [{"secretKey": []}],
        "paths": {f"/{each.path}": _path(each, schema) for each, schema in zip(ENDPOINTS, schemas, strict=True)},
        "components": {
            "schemas": {**components, "Problem": _PROBLEM},
            "securitySchemes": {"secretKey": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Problem": {
                    "description": "It could not be answered.",
                    "content": {"application/problem+json": {"schema": {"$ref": _REF.format(name="Problem")}}},
                }
            },
        },
    }


def _path(endpoint: Endpoint, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "get": {
            "operationId": endpoint.view.__name__,
            "summary": (endpoint.view.__doc__ or "").strip(),
            "parameters": [*_parts(endpoint), *(_query(endpoint, name) for name in endpoint.parameters)],
            "responses": {
                "200": {"description": "The answer.", "content": {"application/json": {"schema": schema}}},
                "default": {"$ref": "#/components/responses/Problem"},
            },
        }
    }


def _parts(endpoint: Endpoint) -> list[dict[str, Any]]:
    if "{id}" not in endpoint.path:
        return []
    return [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]


def _query(endpoint: Endpoint, name: str) -> dict[str, Any]:
    text = {"type": "string"}
    schema = {"type": "array", "items": text} if name in endpoint.repeated else text
    return {"name": name, "in": "query", "description": endpoint.parameters[name], "schema": schema}
