"""Tokens that vouch for a user: what is believed, and what is not however it is made."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.values import Refused
from milepost.workspace import identity, tokens
from milepost.workspace.actions import Bootstrap
from milepost.workspace.identity_actions import (
    create_secret,
    register_public_key,
    require_signed,
    revoke_identity_key,
)
from milepost.workspace.models import IdentityKey, Workspace
from milepost.workspace.tokens import SigningKey

from .conftest import NOW

SECRET = SigningKey(1, "secret", "HS256", "s", b"s" * 43)
RSA, ED, EC = rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(
    ec.SECP256R1()
)  # fmt: skip


def pem(key: Any) -> str:
    public = key if hasattr(key, "public_bytes") else key.public_key()
    return str(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


KEYS = [
    SECRET,
    SigningKey(2, "public", "RS256", "r", pem(RSA).encode()),
    SigningKey(3, "public", "EdDSA", "e", pem(ED).encode()),
    SigningKey(4, "public", "ES256", "c", pem(EC).encode()),
]
SIGNERS: dict[str, Any] = {"s": SECRET.secret, "r": RSA, "e": ED, "c": EC}


def claims(**more: Any) -> dict[str, Any]:
    return {"sub": "maria", "exp": int((NOW + timedelta(minutes=5)).timestamp()), **more}


def token(kid: str = "s", headers: dict[str, Any] | None = None, **more: Any) -> str:
    algorithm = next(key.algorithm for key in KEYS if key.kid == kid)
    return jwt.encode(claims(**more), SIGNERS[kid], algorithm, headers={"kid": kid} if headers is None else headers)


def refused(text: str, keys: list[SigningKey] = KEYS) -> str:
    with pytest.raises(Refused) as caught:
        tokens.read(text, keys, NOW)
    assert caught.value.status == 401 and caught.value.mend
    return caught.value.code


@pytest.mark.parametrize("kid", SIGNERS)
def test_each_good_kind_of_key_vouches_for_a_user_with_and_without_its_name(kid: str) -> None:
    for text in (token(kid), token(kid, headers={})):
        key, said = tokens.read(text, KEYS, NOW)
        assert (key.kid, said.sub) == (kid, "maria")


def test_a_token_may_say_what_is_to_be_believed_of_the_person_and_their_account() -> None:
    _, said = tokens.read(
        token(traits={"email": "m@x.org"}, account={"id": "acme", "traits": {"plan": "pro"}}), KEYS, NOW
    )
    assert said.traits == {"email": "m@x.org"}
    assert said.account == tokens.Account("acme", {"plan": "pro"})


def test_clocks_may_differ_by_a_minute_and_no_more() -> None:
    second = timedelta(seconds=1)
    at: Callable[[timedelta], int] = lambda after: int((NOW + after).timestamp())  # noqa: E731 - said where it is used
    tokens.read(token(exp=at(-tokens.LEEWAY + second)), KEYS, NOW)
    tokens.read(token(iat=at(tokens.LEEWAY), nbf=at(tokens.LEEWAY)), KEYS, NOW)
    assert refused(token(exp=at(-tokens.LEEWAY))) == "token_expired"
    assert refused(token(nbf=at(tokens.LEEWAY + second))) == "token_early"
    assert refused(token(iat=at(tokens.LEEWAY + second))) == "token_early"


def test_a_key_that_is_not_there_and_a_signature_by_another_are_told_apart() -> None:
    assert refused(token(headers={"kid": "gone"})) == "token_unknown_key"
    assert refused(token(), []) == "token_unknown_key"
    stranger = jwt.encode(claims(), b"x" * 43, "HS256")
    assert refused(stranger) == "token_signature"
    assert refused(jwt.encode(claims(), ed25519.Ed25519PrivateKey.generate(), "EdDSA")) == "token_signature"
    head, _, tail = token().partition(".")
    body, _, tag = tail.partition(".")
    forged = base64.urlsafe_b64encode(json.dumps(claims(sub="eve")).encode()).decode().rstrip("=")
    assert refused(f"{head}.{forged}.{tag}") == "token_signature"
    assert body


def raw(header: object, payload: object = None, tag: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(claims() if payload is None else payload).encode(), tag)
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "", "HS1", None, 7])
def test_a_token_that_nobody_signed_is_never_believed(algorithm: object) -> None:
    assert refused(raw({"alg": algorithm, "typ": "JWT"})).startswith("token_")
    assert refused(raw({"alg": algorithm, "kid": "r"})).startswith("token_")


def test_a_public_key_is_never_taken_for_a_shared_secret() -> None:
    """Everybody has the public key: whoever signs with its text, in HS256, has proven nothing."""
    for key in KEYS[1:]:
        for kid in ({"kid": key.kid}, {}):
            head = raw({"alg": "HS256", "typ": "JWT", **kid}).rpartition(".")[0]
            text = (
                head
                + "."
                + base64.urlsafe_b64encode(hmac.digest(key.secret, head.encode(), "sha256")).decode().rstrip("=")
            )
            assert refused(text) in ("token_algorithm", "token_signature")
            assert refused(text, [key]) == "token_algorithm"


def test_an_algorithm_that_is_not_the_key_s_is_refused() -> None:
    assert refused(jwt.encode(claims(), RSA, "RS512", headers={"kid": "r"})) == "token_algorithm"
    assert refused(jwt.encode(claims(), SECRET.secret + b"s" * 21, "HS512")) == "token_algorithm"


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": None}, {"sub": 7}, {"sub": ""}, {"sub": "x" * 256}, {"exp": None}, {"exp": "soon"}, {"exp": -1},
        {"exp": 1e300}, {"nbf": "now"}, {"iat": []}, {"traits": []}, {"account": "acme"}, {"account": {}},
        {"account": {"id": ""}}, {"account": {"id": "a", "traits": 1}},
    ],
)  # fmt: skip
def test_a_token_that_does_not_say_what_it_must_is_refused(changed: dict[str, Any]) -> None:
    said = {name: value for name, value in claims(**changed).items() if value is not None}
    assert refused(jwt.encode(said, ED, "EdDSA", headers={"kid": "e"})) == "token_claims"


@pytest.mark.parametrize(
    "text",
    [
        "a.b.c",
        "..",
        "." * 300,
        "x" * 5000 + ".",
        "é.é.é",
        "\ud800..",
        "null.null.null",
        raw([]),
        raw("x"),
        raw({}, [1]),
    ],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    assert refused(text) in ("token_malformed", "token_algorithm", "token_signature")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_sent_is_refused_and_never_fails(one: str, two: str, three: str) -> None:
    assert refused(f"{one}.{two}.{three}").startswith("token_")


@pytest.mark.parametrize(
    "key", [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP384R1()), None, "private", "\ud800"]
)
def test_a_weak_or_a_private_or_no_key_is_not_registered(key: Any, workspace: Workspace) -> None:
    private = ED.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    text = {None: "", "private": private, "\ud800": "\ud800"}.get(key) if not hasattr(key, "public_key") else pem(key)
    with pytest.raises(Refused) as caught:
        register_public_key(workspace, "Web", text or "", "", NOW, actor="me")
    assert (caught.value.code, caught.value.path) == ("public_key", "pem")
    assert ("another" in caught.value.mend) == (key == "private")


def test_one_key_follows_another_without_a_gap(start: Bootstrap, workspace: Workspace) -> None:
    """Both are believed until the old one is revoked; of that one nothing is believed from then on."""
    old = identity.sign(workspace.pk, "maria")
    fresh = create_secret(workspace, "Second", NOW, actor="me")
    identity.forget()
    new = jwt.encode(claims(), fresh.secret, "HS256", headers={"kid": fresh.kid})
    assert identity.verify(workspace.pk, "maria", old) and identity.read(workspace.pk, new, NOW)[1].sub == "maria"
    revoke_identity_key(workspace, IdentityKey.objects.earliest("id").pk, NOW, actor="me")
    identity.forget()
    assert not identity.verify(workspace.pk, "maria", old)
    assert identity.read(workspace.pk, new, NOW)[1].sub == "maria"


def test_a_registered_public_key_is_believed_and_its_name_is_its_own(start: Bootstrap, workspace: Workspace) -> None:
    register_public_key(workspace, "Web", pem(ED), "web-1", NOW, actor="me")
    identity.forget()
    text = jwt.encode(claims(), ED, "EdDSA", headers={"kid": "web-1"})
    assert identity.read(workspace.pk, text, NOW)[1].sub == "maria"
    with pytest.raises(Refused) as caught:
        register_public_key(workspace, "Other", pem(EC), "web-1", NOW, actor="me")
    assert (caught.value.code, caught.value.status) == ("kid", 409)


def test_the_last_key_stays_while_signed_identities_are_required(start: Bootstrap, workspace: Workspace) -> None:
    require_signed(workspace, required=True, now=NOW, actor="me")
    only = IdentityKey.objects.get(workspace=workspace)
    with pytest.raises(Refused) as caught:
        revoke_identity_key(workspace, only.pk, NOW, actor="me")
    assert caught.value.code == "last_key"
    require_signed(workspace, required=False, now=NOW, actor="me")
    revoke_identity_key(workspace, only.pk, NOW, actor="me")
    with pytest.raises(Refused) as caught:
        require_signed(workspace, required=True, now=NOW, actor="me")
    assert caught.value.code == "no_identity_key"


def test_a_key_of_another_workspace_vouches_for_nobody_here(
    start: Bootstrap, workspace: Workspace, other: Workspace
) -> None:
    fresh = create_secret(other, "Theirs", NOW, actor="me")
    identity.forget()
    with pytest.raises(Refused) as caught:
        identity.read(workspace.pk, jwt.encode(claims(), fresh.secret, "HS256", headers={"kid": fresh.kid}), NOW)
    assert caught.value.code == "token_unknown_key"
