"""The headers that every page of the console carries: only its own files run, style, load and frame it."""

from typing import TypeVar

from django.http import HttpResponseBase

R = TypeVar("R", bound=HttpResponseBase)

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def secured(response: R) -> R:
    """The same response with the console's policy, unless it has one of its own; what a member sees is kept by no
    cache."""
    response.setdefault("Content-Security-Policy", POLICY)
    response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.setdefault("Cache-Control", "private, no-store")
    return response
