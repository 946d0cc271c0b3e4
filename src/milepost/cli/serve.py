"""`milepost serve` and its kin: an installation is set up, shown and started."""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from milepost.cli import setup

HOME = Path("milepost-data")
Home = Annotated[Path, typer.Option(envvar="MILEPOST_HOME", help="The folder that holds everything.")]


def serve(
    home: Home = HOME,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    example: Annotated[
        str,
        typer.Option(
            envvar="MILEPOST_EXAMPLE",
            help="Show this example's product under /demo/, and release its program where nothing is released yet.",
        ),
    ] = "",
) -> None:
    """Start Milepost: pages, ingest and engine."""
    _refuse_a_port_in_use(host, port)
    _refuse_a_home_in_use(home)
    address = f"http://{host}:{port}"
    os.environ.setdefault("MILEPOST_PUBLIC_URL", address)
    if example:
        os.environ["MILEPOST_EXAMPLE"] = example
    access = setup(home)
    if example:
        _release_example(access.workspace_id, example)
        _name_host(access.workspace_id, example)
    typer.echo(_welcome(f"Milepost runs at {address}", access))
    if _has_pages(example):
        typer.echo(f"  Example   {address}/demo/")
    typer.echo("\nCtrl-C stops it. Everything is kept in the folder.")
    sys.stdout.flush()
    os.environ |= {"MILEPOST_HOST": host, "MILEPOST_PORT": str(port)}
    os.execv(sys.executable, [sys.executable, "-m", "milepost.conf.watchdog"])  # noqa: S606 - becomes the small watchdog, and forgets what setting up has loaded


def init(home: Home = HOME) -> None:
    """Set up an empty folder, and say how to get in. Doing it again changes nothing."""
    access = setup(home)
    typer.echo(_welcome(f"Milepost is set up; `milepost serve --home {home}` starts it.", access))


def keys(
    home: Home = HOME,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print the keys of the workspace."""
    access = setup(home)
    if as_json:
        names = ("write_key", "secret_key", "identity_secret")
        typer.echo(msgspec.json.encode({name: getattr(access, name) for name in names}).decode())
    else:
        typer.echo(_keys(access))


def _welcome(heading: str, access: Any) -> str:
    from django.conf import settings

    password = access.password or "(the one you have chosen)"
    return (
        f"\n{heading}\n\n"
        f"  Sign in   {settings.PUBLIC_URL}/sign-in/\n"
        f"            {access.email}   {password}\n"
        f"{_keys(access)}\n"
        f"  Data      {os.environ['MILEPOST_HOME']}"
    )


def _keys(access: Any) -> str:
    return (
        f"  Keys      write     {access.write_key}   (public: for browsers and clients)\n"
        f"            secret    {access.secret_key}   (private: for the API)\n"
        f"            identity  {access.identity_secret}   (private: signs user ids)"
    )


def _release_example(workspace_id: int, name: str) -> None:
    """The example becomes the first release; a workspace that has one keeps it."""
    from milepost.conf.examples import example_text
    from milepost.log.clock import SYSTEM
    from milepost.program import actions, queries

    if queries.current(workspace_id).number == 0:
        actions.apply(
            workspace_id,
            example_text(name),
            by="milepost",
            base=None,
            onto=True,
            reasons={},
            now=SYSTEM.now(),
        )


def _name_host(workspace_id: int, name: str) -> None:
    """The example's own server is asked for sample data; where the team has named another one, that stays."""
    from django.conf import settings

    from milepost.delivery.host import endpoint_of, keep_endpoint
    from milepost.demo.urls import HOOKS
    from milepost.log.clock import SYSTEM

    known = endpoint_of(workspace_id)
    if name in HOOKS and (known is None or known.url.endswith(HOOKS[name])):
        keep_endpoint(workspace_id, settings.PUBLIC_URL + HOOKS[name], SYSTEM.now())


def _has_pages(example: str) -> bool:
    from milepost.demo.urls import HOSTS

    return example in HOSTS


def _refuse_a_home_in_use(home: Path) -> None:
    """Raises Refused: two engines on one folder would do everything twice."""
    from milepost.log.lock import HomeLock

    if home.is_dir():
        HomeLock(home).release()


def _refuse_a_port_in_use(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(
                f"Milepost cannot listen on {host}:{port}: {error.strerror}. Stop what uses it, or choose another --port."
            )
