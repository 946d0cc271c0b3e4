"""The OpenAPI 3.1 document of this API, made from the table of endpoints and the types of their answers."""

import re
from functools import lru_cache
from typing import Any

import msgspec

from milepost import __version__
from milepost.api.routes import ENDPOINTS, Endpoint
from milepost.delivery.channels.in_app.schema import NAME, piece_schemas

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
    types = [*(endpoint.answer for endpoint in ENDPOINTS), *(each.body for each in ENDPOINTS if each.body)]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    components["OpenPiece"]["properties"]["body"] = {"$ref": _REF.format(name=NAME)}
    bodies = dict(zip((each.path for each in ENDPOINTS if each.body), schemas[len(ENDPOINTS) :], strict=True))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Milepost", "version": __version__, "description": "The management API."},
        "servers": [{"url": "/api/v1"}],
        "security": [{"secretKey": []}],
        "paths": {
            f"/{each.path}": _path(each, schema, bodies.get(each.path))
            for each, schema in zip(ENDPOINTS, schemas, strict=False)
        },
        "components": {
            "schemas": {**components, **piece_schemas(_REF), "Problem": _PROBLEM},
            "securitySchemes": {"secretKey": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Problem": {
                    "description": "It could not be answered.",
                    "content": {"application/problem+json": {"schema": {"$ref": _REF.format(name="Problem")}}},
                }
            },
        },
    }


def _path(endpoint: Endpoint, schema: dict[str, Any], body: dict[str, Any] | None) -> dict[str, Any]:
    sent = {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}} if body else {}
    return {
        "post" if body else "get": {
            **sent,
            "operationId": endpoint.view.__name__,
            "summary": (endpoint.view.__doc__ or "").strip(),
            "parameters": [*_parts(endpoint), *(_query(endpoint, name) for name in endpoint.parameters)],
            "responses": {
                "200": {"description": "The answer.", "content": _content(endpoint, schema)},
                "default": {"$ref": "#/components/responses/Problem"},
            },
        }
    }


def _content(endpoint: Endpoint, schema: dict[str, Any]) -> dict[str, Any]:
    """A file is described by its media type alone."""
    return {media: {} if endpoint.answer is bytes else {"schema": schema} for media in endpoint.media}


def _parts(endpoint: Endpoint) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", endpoint.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query(endpoint: Endpoint, name: str) -> dict[str, Any]:
    text = {"type": "string"}
    schema = {"type": "array", "items": text} if name in endpoint.repeated else text
    return {"name": name, "in": "query", "description": endpoint.parameters[name], "schema": schema}
