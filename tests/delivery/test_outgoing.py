"""What a team types as an address cannot lead into our own network, and nobody is waited for without end."""

import socket
import time
from ipaddress import ip_address
from typing import Any

import pytest
from django.test import override_settings

from milepost.core.values import Refused, Unavailable
from milepost.delivery import outgoing
from tests.delivery.hosts import HostServer

ELSEWHERE = override_settings(PUBLIC_URL="https://milepost.example.com", PRIVATE_HOSTS=frozenset())
HERE = override_settings(PUBLIC_URL="https://milepost.example.com", PRIVATE_HOSTS=frozenset({"127.0.0.0/8"}))


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The names that are looked up; each look gives the next of these answers."""
    asked: list[str] = []
    really = socket.getaddrinfo

    def look(host: str, port: int, *how: Any, **more: Any) -> Any:
        if host == answers[0][0]:
            return really(host, port, *how, **more)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        family = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [(family[ip_address(each).version], socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.0.9", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    ],
)  # fmt: skip
@ELSEWHERE
def test_no_address_of_a_private_network_is_connected_to(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    named(monkeypatch, [address])
    with pytest.raises(Refused) as refused:
        outgoing.post("https://app.example.com/x", b"{}", {})
    assert refused.value.code == "private_address"


@ELSEWHERE
def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(Refused):
        outgoing.address_of("app.example.com", 443)
    named(monkeypatch, ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
    assert outgoing.address_of("app.example.com", 443) == "93.184.215.14"


@pytest.mark.parametrize("name", ["localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "[::ffff:7f00:1]"])
@ELSEWHERE
def test_however_this_machine_is_spelt_it_is_not_reached(name: str) -> None:
    with pytest.raises((Refused, Unavailable)):
        outgoing.post(f"https://{name}:1/x", b"{}", {}, seconds=1)


def test_a_name_that_is_another_address_a_moment_later_was_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with HostServer() as host, override_settings(PRIVATE_HOSTS=frozenset({"crm.internal"})):
        asked = named(monkeypatch, ["127.0.0.1"], ["10.9.9.9"])
        assert outgoing.post(f"http://crm.internal:{host.port}/x", b"{}", {}).good
        assert asked == ["crm.internal"] and len(host.asked) == 1
        assert host.asked[0].headers["host"] == f"crm.internal:{host.port}"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://app.example.com/x", "insecure"),
        ("ftp://app.example.com/x", "address"),
        ("file:///etc/passwd", "address"),
        ("https://", "address"),
        ("https://anna:secret@app.example.com/", "address"),
        ("https://app.example.com:99999/", "address"),
        ("https://app.example.com/a b", "address"),
        ("https://app.example.com/\r\nX: y", "address"),
        ("https://bücher.example/", "address"),
        ("https://app.example.com/" + "x" * 2000, "address"),
        ("nonsense", "address"),
    ],
)
@ELSEWHERE
def test_what_is_no_address_of_the_web_is_not_taken(url: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        outgoing.checked(url)
    assert refused.value.code == code


def test_who_runs_milepost_may_allow_hosts_of_their_own_by_name_or_by_network() -> None:
    with override_settings(
        PUBLIC_URL="http://127.0.0.1:8000", PRIVATE_HOSTS=frozenset({"crm.internal", "10.1.0.0/16"})
    ):
        for url in (
            "http://127.0.0.1:8000/demo/",
            "http://crm.internal/x",
            "http://10.1.2.3:9/x",
            " https://a.example/",
        ):
            assert outgoing.checked(url) == url.strip()
        for url in ("http://127.0.0.1:8001/", "http://10.2.0.1/", "http://other.internal/"):
            with pytest.raises(Refused):
                outgoing.checked(url)


@HERE
def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with HostServer() as inside, HostServer([(302, {"Location": inside.url}, b"")]) as host:
        answer = outgoing.post(host.url, b"{}", {"webhook-id": "x"})
        assert (answer.status, answer.good, inside.asked) == (302, False, [])
        assert host.asked[0].headers["host"] == f"127.0.0.1:{host.port}"
        assert host.asked[0].headers["content-type"] == "application/json"


@HERE
def test_an_answer_that_drips_or_never_ends_is_not_waited_for() -> None:
    with HostServer([(200, {}, b"x" * 100)], drip=0.05) as host:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            outgoing.post(host.url, b"{}", {}, seconds=0.3)
        assert time.monotonic() - began < 1
    with HostServer([(200, {}, b"x" * (outgoing.LARGEST_ANSWER + 1))]) as host, pytest.raises(Refused):
        outgoing.post(host.url, b"{}", {})


@HERE
def test_nobody_there_and_an_unknown_name_may_pass() -> None:
    with HostServer() as host:
        gone = host.url
    for url in (gone, "https://nobody.invalid/x"):
        with pytest.raises(Unavailable):
            outgoing.post(url, b"{}", {}, seconds=2)


@HERE
def test_who_cannot_prove_their_name_is_told_nothing() -> None:
    with HostServer() as host:
        with pytest.raises(Unavailable):
            outgoing.post(host.url.replace("http:", "https:"), b"secret", {}, seconds=2)
        assert host.asked == []
