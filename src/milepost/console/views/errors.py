"""Pages for what went wrong, in the same look, saying what to do next."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from milepost.console.security import secured
from milepost.core.values import Refused


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal as a page. What is missing and what is not theirs look the same."""
    if refusal.status == HTTPStatus.NOT_FOUND:
        return _page(request, 404, _("There is nothing here"), _("This page does not exist, or is not yours to see."))
    if refusal.status == HTTPStatus.FORBIDDEN:
        return _page(
            request,
            403,
            _("This needs another role"),
            _("Your role here may look, but not change this. Ask an owner of the workspace."),
        )
    return _page(request, refusal.status, _("That did not work"), str(refusal))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return secured(refused(request, Refused("not_found", "", status=404)))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return secured(refused(request, Refused("role", "", status=403)))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose proof of origin (CSRF) is missing or old."""
    return secured(
        _page(
            request,
            403,
            _("This form is too old"),
            _("Go back, load the page again and send it once more. Nothing was changed."),
        )
    )


def mistake(request: HttpRequest) -> HttpResponse:
    """Ours. Says so, asks nothing of the database."""
    return secured(
        _page(
            request,
            500,
            _("Something broke on our side"),
            _("It was written to the log of this server. Try again in a moment; nothing that was saved is lost."),
        )
    )


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    theme = request.COOKIES.get("theme", "")
    context = {
        "status": status,
        "title": title,
        "text": text,
        "theme": theme if theme in ("light", "dark") else "system",
    }
    return render(request, "console/error.html", context, status=status)
