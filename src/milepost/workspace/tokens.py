"""Identity tokens: JSON Web Tokens by which the host product's server vouches for a user, for a while.

1. The key decides the algorithm, never the token: what says otherwise is refused, so `none` is nothing, and a public key
   is never taken for a shared secret.
2. A token says who (`sub`) and until when (`exp`); it may say since when (`iat`, `nbf`). Clocks may differ by a minute.
3. What it says besides of the person (`traits`) and of their account (`account`, with its `id`) is believed as it is.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.types import Options
from msgspec import Meta, Struct

from milepost.core.values import Refused

LEEWAY = timedelta(seconds=60)
LONGEST = 4096
SHARED = "HS256"
_LEAST_BITS = 2048
_Seconds = Annotated[float, Meta(ge=0, le=32_503_680_000)]  # to the year 3000
#: What tokens say of times is checked here, by our clock.
_UNCHECKED: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_sub": False,
}
_MEND = "How to make one is described under 'Sign identities' in the documentation."


class SigningKey(Struct, frozen=True):
    """A key that tokens are believed by. Shapes: `secret` is the secret, or a public key as PEM."""

    id: int
    kind: str
    algorithm: str
    kid: str
    secret: bytes


class Account(Struct, frozen=True):
    id: Annotated[str, Meta(min_length=1, max_length=255)]
    traits: dict[str, Any] = {}


class Claims(Struct, frozen=True):
    """Absent: `account` None where the token says nothing of one."""

    sub: Annotated[str, Meta(min_length=1, max_length=255)]
    exp: _Seconds
    nbf: _Seconds = 0
    iat: _Seconds = 0
    traits: dict[str, Any] = {}
    account: Account | None = None

    @property
    def believed_until(self) -> datetime:
        return datetime.fromtimestamp(self.exp, UTC) + LEEWAY


def is_token(signature: str) -> bool:
    """Whether what vouches for somebody is a token: a signature is a number in hexadecimal, and has no dots."""
    return "." in signature


def read(token: str, keys: Sequence[SigningKey], now: datetime) -> tuple[SigningKey, Claims]:
    """The key that signed the token, and what it says. Raises Refused (401)."""
    key, payload = _opened(token, _candidates(_header(token), keys))
    claims = _claims(payload)
    _check_times(claims, now)
    return key, claims


def algorithm_of(pem: str) -> str:
    """The algorithm of a public key. Raises Refused for anything that is not one of three good kinds of them."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused("public_key", "This is not a public key as PEM.", mend=_mend_key(pem), path="pem") from error
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_BITS:
        return "RS256"
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "EdDSA"
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    mend = f"Use Ed25519, P-256, or RSA of at least {_LEAST_BITS} bits."
    raise Refused("public_key", "Keys of this kind are not taken.", mend=mend, path="pem")


def _mend_key(pem: str) -> str:
    if "PRIVATE" in pem:
        return "It is a private one: keep it on your server, and make another, for it has left it now."
    return "It begins with '-----BEGIN PUBLIC KEY-----'."


def _header(token: str) -> dict[str, Any]:
    if len(token) > LONGEST:
        raise _refused("token_malformed", f"A token has at most {LONGEST} characters.")
    try:
        return jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise _refused("token_malformed", "This is not a JSON Web Token.") from error


def _candidates(header: dict[str, Any], keys: Iterable[SigningKey]) -> list[SigningKey]:
    """The live keys that may have signed it: the one that it names, or all in its algorithm."""
    algorithm, kid = header.get("alg"), header.get("kid")
    named = [key for key in keys if kid is None or key.kid == kid]
    if not named:
        raise _refused("token_unknown_key", "The token's key ('kid') is none of this workspace, or was revoked.")
    fitting = [key for key in named if key.algorithm == algorithm]
    if not fitting:
        raise _refused("token_algorithm", "The token's algorithm ('alg') is not that of a key of this workspace.")
    return fitting


def _opened(token: str, keys: Iterable[SigningKey]) -> tuple[SigningKey, dict[str, Any]]:
    for key in keys:
        try:
            return key, jwt.decode(token, key.secret, algorithms=[key.algorithm], options=_UNCHECKED)
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
            raise _refused("token_malformed", "This token cannot be read.") from error
    raise _refused("token_signature", "The token was not signed with a key of this workspace.")


def _claims(payload: dict[str, Any]) -> Claims:
    try:
        return msgspec.convert(payload, Claims)
    except msgspec.ValidationError as error:
        raise _refused("token_claims", f"The token does not say what it must: {error}.") from error


def _check_times(claims: Claims, now: datetime) -> None:
    seconds, leeway = now.timestamp(), LEEWAY.total_seconds()
    if claims.exp + leeway <= seconds:
        raise Refused("token_expired", "This token has expired.", mend="Give the SDK a new one.", status=401)
    if max(claims.nbf, claims.iat) - leeway > seconds:
        raise _refused("token_early", "This token is not valid yet: see to the clock of whoever made it.")


def _refused(code: str, message: str) -> Refused:
    return Refused(code, message, mend=_MEND, status=401)
