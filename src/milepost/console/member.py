"""Who asks, in which workspace, in which language and zone: what every page of the console begins with."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from milepost.console.security import secured
from milepost.console.views import errors
from milepost.core.values import Refused
from milepost.workspace.access import access_member, require_role
from milepost.workspace.models import Member
from milepost.workspace.queries import workspaces_of

P = ParamSpec("P")
WORKSPACE = "workspace"  # the session's name for the workspace that was looked at last


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in and a member."""

    member: Member
    user: User


def member_page(
    role: str = "viewer",
) -> Callable[[Callable[Concatenate[MemberRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """A view for members of at least this role. Others are asked to sign in, or told what they lack."""

    def decorate(
        view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return secured(_to_sign_in(request))
            return secured(_answer(view, request, role, *args, **kwargs))

        return wrapped

    return decorate


def _answer(
    view: Callable[..., HttpResponseBase], request: HttpRequest, role: str, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    try:
        member = current_member(request)
    except Refused as refusal:
        return errors.refused(request, refusal)
    asked = cast(MemberRequest, request)
    asked.member = member
    member.user = asked.user
    with (
        translation.override(member.locale or translation.get_language()),
        timezone.override(ZoneInfo(member.workspace.timezone)),
    ):
        try:
            require_role(member, role)
            response = view(asked, *args, **kwargs)
        except Refused as refusal:
            response = errors.refused(request, refusal)
        response.headers["Content-Language"] = translation.get_language() or ""
        return response


def current_member(request: HttpRequest) -> Member:
    """What the signed-in user is in the workspace that the session names, else in the first one that is theirs.

    Raises Refused (404) for somebody who is a member of none.
    """
    user = cast(User, request.user)
    chosen = request.session.get(WORKSPACE)
    if chosen is not None:
        try:
            return access_member(user, chosen)
        except Refused:
            del request.session[WORKSPACE]
    own = workspaces_of(user.pk)
    if not own:
        raise Refused(
            "no_workspace", "You are not a member of any workspace.", mend="Ask an owner to invite you.", status=404
        )
    request.session[WORKSPACE] = own[0].slug
    return access_member(user, own[0].slug)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """A whole page is led to the sign-in; a fragment tells the page around it to go there."""
    if "HX-Request" not in request.headers:
        return redirect_to_login(request.get_full_path())
    response = HttpResponse(status=401)
    response["HX-Redirect"] = redirect_to_login(request.headers.get("HX-Current-URL", "/")).url
    return response
