"""TLS and sign-in, with real certificates and a server that asks for a password."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import override_settings

from milepost.core.delivery.outcome import Done, Later
from milepost.delivery.handlers import send_message
from milepost.log.clock import SYSTEM
from milepost.workspace.models import Workspace
from tests.delivery.servers import Inbox
from tests.delivery.world import a_message


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `localhost` that only those trust who are told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = SYSTEM.now()
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def at_localhost(inbox: Inbox, scheme: str = "smtp", user: str = "", options: str = "") -> str:
    return f"{scheme}://{user}localhost:{inbox.port}?timeout=10{options}"


def test_offered_tls_is_taken_even_from_a_stranger(workspace: Workspace, context: ssl.SSLContext) -> None:
    with (
        Inbox(options={"tls_context": context, "require_starttls": True}) as inbox,
        override_settings(EMAIL_URL=at_localhost(inbox)),
    ):
        assert isinstance(send_message(a_message(workspace), 1), Done)
    assert len(inbox.letters) == 1


def test_required_tls_needs_a_certificate_that_is_trusted(
    workspace: Workspace, context: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        Inbox(options={"tls_context": context}) as inbox,
        override_settings(EMAIL_URL=at_localhost(inbox, options="&starttls=required")),
    ):
        refused = send_message(a_message(workspace), 1)
        assert isinstance(refused, Later) and "its certificate cannot be trusted" in refused.error
        assert not inbox.letters
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert isinstance(send_message(a_message(workspace), 2), Done)


def test_tls_from_the_first_byte(
    workspace: Workspace, context: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Inbox(options={"ssl_context": context}) as inbox, override_settings(EMAIL_URL=at_localhost(inbox, "smtps")):
        assert isinstance(send_message(a_message(workspace), 1), Done)
    assert len(inbox.letters) == 1


def knows_maria(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(handled=False, success=data.login == b"maria" and data.password == b"s3cret/")


ASKS = {"authenticator": knows_maria, "auth_required": True, "auth_require_tls": False}


def test_a_server_that_asks_for_a_password_gets_it(workspace: Workspace) -> None:
    with Inbox(options=ASKS) as inbox, override_settings(EMAIL_URL=at_localhost(inbox, user="maria:s3cret%2F@")):
        assert isinstance(send_message(a_message(workspace), 1), Done)


def test_a_wrong_password_is_said_and_can_be_mended_while_the_message_waits(workspace: Workspace) -> None:
    with Inbox(options=ASKS) as inbox, override_settings(EMAIL_URL=at_localhost(inbox, user="maria:wrong@")):
        refused = send_message(a_message(workspace), 1)
        assert isinstance(refused, Later) and "535" in refused.error and "(to the sign-in)" in refused.error
        assert "wrong" not in refused.error
        with override_settings(EMAIL_URL=at_localhost(inbox, user="maria:s3cret%2F@")):
            assert isinstance(send_message(a_message(workspace), 2), Done)
