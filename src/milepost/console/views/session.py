"""Signing in and out, invitations, and what a member chooses for the whole console."""

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from milepost.console import throttle
from milepost.console.member import WORKSPACE, MemberRequest, member_page
from milepost.console.security import secured
from milepost.console.shell import frame
from milepost.core.values import Refused
from milepost.workspace.access import access_workspace
from milepost.workspace.members import accept_invitation, choose_locale

_YEAR_SECONDS = 365 * 86400


@dataclass(frozen=True, slots=True)
class SignIn:
    """`next` is where to go afterwards: always a path of this site. Absent: an empty `error` is none."""

    email: str = ""
    next: str = "/"
    error: str = ""


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    after = _own_path(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "GET":
        return secured(redirect(after)) if request.user.is_authenticated else _form(request, SignIn(next=after))
    email = request.POST.get("email", "").strip().lower()
    place = request.META.get("REMOTE_ADDR", "")
    if not throttle.may_try(email, place):
        error = _("Too many tries. Wait a quarter of an hour, then try again.")
        return _form(request, SignIn(email, after, error), HTTPStatus.TOO_MANY_REQUESTS)
    user = authenticate(request, username=email, password=request.POST.get("password", ""))
    if user is None:
        error = _("This e-mail and password do not belong together.")
        return _form(request, SignIn(email, after, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    throttle.succeeded(email, place)
    login(request, user)
    return secured(redirect(after))


def _form(request: HttpRequest, content: SignIn, status: int = 200) -> HttpResponse:
    return secured(render(request, "console/sign_in.html", frame(request) | {"page": content}, status=status))


def _own_path(request: HttpRequest, path: str) -> str:
    """The path to go on to, unless somebody wants to send people to another site."""
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts={request.get_host()}) else "/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return secured(redirect("sign-in"))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, user_id: int, token: str) -> HttpResponse:
    """Where somebody who was invited chooses a password."""
    error = ""
    if request.method == "POST":
        try:
            user = accept_invitation(user_id, token, request.POST.get("password", ""))
            login(request, user)
            return secured(redirect("home"))
        except Refused as refusal:
            error = str(refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return secured(
        render(request, "console/invitation.html", frame(request) | {"page": SignIn(error=error)}, status=status)
    )


@require_POST
@member_page()
def choose_workspace(request: MemberRequest) -> HttpResponseBase:
    request.session[WORKSPACE] = access_workspace(request.user, request.POST.get("workspace", "")).slug
    return redirect("home")


@require_POST
@member_page()
def choose_language(request: MemberRequest) -> HttpResponseBase:
    """For the member on every device; and for this browser, so that pages without a member speak it too."""
    language = request.POST.get("language", "")
    choose_locale(request.member, language)
    response = redirect(_own_path(request, request.headers.get("Referer", "")))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=_YEAR_SECONDS, samesite="Lax")
    return response
