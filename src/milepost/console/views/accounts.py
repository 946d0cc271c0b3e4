"""Accounts: the list, and one of them."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.accounts import gather_account, gather_accounts
from milepost.console.pages.audience import among_whom
from milepost.console.shell import page


@require_GET
@member_page()
def accounts(request: MemberRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()
    among = among_whom(request.member.workspace_id, request.GET)
    content = gather_accounts(request.member.workspace_id, text, among)
    return page(request, "accounts.html", content, active="accounts")


@require_GET
@member_page()
def account(request: MemberRequest, key: str) -> HttpResponse:
    return page(request, "account.html", gather_account(request.member.workspace_id, key, now()), active="accounts")
