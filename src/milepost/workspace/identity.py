"""Signed identity: the host product's server vouches for a user id; the write key is public and proves nothing.

The signature is the hexadecimal HMAC-SHA256 of the user id with the workspace's identity secret, so that a host can
make it in one line of any language.
"""

import hashlib
import hmac

from django.conf import settings

from milepost.log.secrets import sealer
from milepost.workspace.models import Workspace
from milepost.workspace.remembered import Remembered


def sign(workspace_id: int, user_id: str) -> str:
    """Raises Workspace.DoesNotExist."""
    secret = secret_of(workspace_id)
    if secret is None:
        raise Workspace.DoesNotExist(f"there is no workspace {workspace_id}")
    return _signature(secret, user_id)


def verify(workspace_id: int, user_id: str, signature: str) -> bool:
    """Whether the host product signed this user id. Cheap from an event loop too."""
    secret = secret_of(workspace_id)
    if secret is None:
        return False
    return hmac.compare_digest(_signature(secret, user_id).encode(), signature.encode("utf-8", "surrogatepass"))


def secret_of(workspace_id: int) -> str | None:
    """The identity secret, as the host product's server has it. Absent: None when there is no such workspace."""
    return _secrets.get(workspace_id)


def _signature(secret: str, user_id: str) -> str:
    return hmac.new(secret.encode(), user_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def unseal(workspace: Workspace) -> str:
    return sealer(settings.SECRET_KEY).decrypt(bytes(workspace.identity_secret)).decode()


def _look_up(workspace_id: int) -> str | None:
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    return None if workspace is None else unseal(workspace)


_secrets: Remembered[int, str | None] = Remembered(_look_up, seconds=10)
forget = _secrets.forget
