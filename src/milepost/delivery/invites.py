"""The link by which somebody brings a friend."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings

from milepost.core.program.kinds.content import Invite
from milepost.delivery.markdown import absolute
from milepost.people.referrals import code_of

#: What the SDK of the friend's browser takes out of the address and keeps.
PARAMETER = "milepost_invite"


def invite_url(invite: Invite, workspace: int, uid: int) -> str:
    """The person's own link, absolute; empty where the program's address is none that a link may have."""
    url = absolute(invite.url, settings.PUBLIC_URL)
    if not url.startswith(("http://", "https://")):
        return ""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), (PARAMETER, code_of(workspace, uid))]
    return urlunsplit(parts._replace(query=urlencode(query)))
