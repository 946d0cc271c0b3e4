"""Another password, for whoever is signed in."""

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


@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@require_http_methods(["GET", "POST"])
@member_page()
def password(request: MemberRequest) -> HttpResponse:
    """Keeps this session; every other one of theirs ends with the old password."""
    if request.method == "GET":
        return _form(request, PasswordChangeForm(request.user))
    form = PasswordChangeForm(request.user, request.POST)
    name, place = request.user.get_username(), request.META.get("REMOTE_ADDR", "")
    if not throttle.may_try(name, place):
        form.errors.clear()
        form.add_error(None, _("Too many tries. Wait a quarter of an hour, then try again."))
        return _form(request, form, HTTPStatus.TOO_MANY_REQUESTS)
    if not form.is_valid():
        return _form(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    throttle.succeeded(name, place)
    change_password(request.member, form.cleaned_data["new_password1"], now())
    update_session_auth_hash(request, request.user)
    messages.success(request, _("The password was changed. Other devices have to sign in again."))
    return redirect("settings")


def _form(request: MemberRequest, form: PasswordChangeForm[object], status: int = HTTPStatus.OK) -> HttpResponse:
    return page(request, "settings_password.html", form, active="settings", status=status)
