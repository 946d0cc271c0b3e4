"""What the pages of every host share: their policy, which forbids inline scripts and styles as a careful host's would, the
visitor's language, who is signed in, the snippet, sign-up and log-out."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from milepost.core.values import Refused
from milepost.demo import visitors
from milepost.demo.install import snippet
from milepost.demo.visitors import Visitor

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
    " trusted-types milepost host"
)

View = Callable[..., HttpResponse]


def strict(view: View) -> View:
    """The view under the strict policy, in the visitor's language; what it refuses is said in one sentence."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(request.session.get("language") or get_language()):
            try:
                response = view(request, *args, **kwargs)
            except Refused as refused:
                response = JsonResponse({"code": refused.code, "message": str(refused)}, status=refused.status)
        response["Content-Security-Policy"] = POLICY
        return response

    return answer


def signed_in(view: View) -> View:
    """The view for whoever is signed in. A page sends others to the welcome page, a request is refused."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.GET.get("user")
        if wanted and request.method == "GET":
            visitors.come_as(request.session, wanted)
        visitor = visitors.visitor(request.session)
        if visitor is not None:
            visitors.remember(request.session, visitor)
            return view(request, visitor, *args, **kwargs)
        if request.method == "GET":
            return redirect(f"{reverse('demo:welcome')}?{request.META['QUERY_STRING']}")
        raise Refused("signed_out", "Nobody is signed in.", mend="Sign up first.", status=403)

    return answer


def show(request: HttpRequest, template: str, visitor: Visitor | None, **context: Any) -> HttpResponse:
    """A page with the snippet, and what its script is to tell Milepost once: `tell` is [name, properties]."""
    told = request.session.pop("tell", None)
    common = {
        "visitor": visitor,
        "snippet": snippet(visitor),
        "fresh": request.session.pop("fresh", False),
        "tell": msgspec.json.encode(told).decode() if told else "",
        "plan": request.session.get("plan", "free"),
        "languages": settings.LANGUAGES,
        "language": get_language(),
    }
    return render(request, template, {**common, **context})


def go(request: HttpRequest, place: str, name: str, told: dict[str, Any], *args: str) -> HttpResponse:
    """To another page, which tells Milepost what has just happened."""
    request.session["tell"] = [name, told]
    return redirect(f"demo:{place}", *args)


def shared(welcome_template: str) -> list[URLPattern]:
    """The addresses that every host has. Its own first page after sign-up is called `home`."""

    @strict
    @require_GET
    def welcome(request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("user")
        if wanted:
            visitors.come_as(request.session, wanted)
            return redirect("demo:home")
        return show(request, welcome_template, visitors.visitor(request.session))

    return [
        path("", welcome, name="welcome"),
        path("sign-up/", _sign_up, name="sign-up"),
        path("log-out/", _log_out, name="log-out"),
        path("language/", _language, name="language"),
    ]


@strict
@require_POST
def _sign_up(request: HttpRequest) -> HttpResponse:
    visitors.sign_up(request.session, request.POST.get("name", ""), request.POST.get("email", ""))
    request.session["fresh"] = True
    return redirect("demo:home")


@strict
@require_POST
def _log_out(request: HttpRequest) -> HttpResponse:
    visitors.leave(request.session)
    return redirect("demo:welcome")


@strict
@require_POST
def _language(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        raise Refused("language", "This page does not speak that language.", mend="Choose one from the list.")
    request.session["language"] = wanted
    return redirect("demo:settings" if visitors.visitor(request.session) else "demo:welcome")
