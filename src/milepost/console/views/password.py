"""Another password, for whoever is signed in."""

from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from milepost.console import throttle
from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.shell import page
from milepost.workspace.members import change_password


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """Absent: an empty `error` is none; what is wrong with a field, the form knows."""

    form: PasswordChangeForm
    error: str = ""


@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@require_http_methods(["GET", "POST"])
@member_page()
def password(request: MemberRequest) -> HttpResponse:
    """Keeps this session; every other one of theirs ends with the old password."""
    if request.method == "GET":
        return _page(request, PasswordPage(PasswordChangeForm(request.user)))
    form = PasswordChangeForm(request.user, request.POST)
    name, place = request.user.get_username(), request.META.get("REMOTE_ADDR", "")
    if not throttle.may_try(name, place):
        content = PasswordPage(
            PasswordChangeForm(request.user), _("Too many tries. Wait a quarter of an hour, then try again.")
        )
        return _page(request, content, HTTPStatus.TOO_MANY_REQUESTS)
    if not form.is_valid():
        return _page(request, PasswordPage(form), HTTPStatus.UNPROCESSABLE_ENTITY)
    throttle.succeeded(name, place)
    change_password(request.member, form.cleaned_data["new_password1"], now())
    update_session_auth_hash(request, request.user)
    messages.success(request, _("The password was changed. Other devices have to sign in again."))
    return redirect("settings")


def _page(request: MemberRequest, content: PasswordPage, status: int = HTTPStatus.OK) -> HttpResponse:
    return page(request, "settings_password.html", content, active="settings", status=status)
