"""How the film at an address is played: by the browser itself, in the frame of a player, or nowhere but there."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

_FILE = re.compile(r"\.(mp4|m4v|webm|ogv|mov)$", re.IGNORECASE)
_ID = re.compile(r"[\w-]{3,64}")
#: Host → (the form of its paths, the address of its player). Players that set no cookie before they are played.
_PLAYERS = {
    "youtu.be": (re.compile(r"/([\w-]+)"), "https://www.youtube-nocookie.com/embed/{}?autoplay=1"),
    "youtube.com": (re.compile(r"/(?:embed|shorts|live)/([\w-]+)"), "https://www.youtube-nocookie.com/embed/{}?autoplay=1"),
    "vimeo.com": (re.compile(r"/(?:video/)?(\d+)"), "https://player.vimeo.com/video/{}?autoplay=1&dnt=1"),
    "loom.com": (re.compile(r"/(?:share|embed)/([\w-]+)"), "https://www.loom.com/embed/{}?autoplay=1"),
    "wistia.com": (re.compile(r"/(?:medias|embed/iframe)/([\w-]+)"), "https://fast.wistia.net/embed/iframe/{}?autoPlay=true"),
}  # fmt: skip
_SUBDOMAINS = ("www.", "m.", "player.")


class Playable(NamedTuple):
    """At most one of the two; neither: there is only a link."""

    file: str | None = None
    frame: str | None = None


def playable(url: str) -> Playable:
    """How the film at this address is played."""
    parts = urlsplit(url)
    if _FILE.search(parts.path):
        return Playable(file=url)
    host = (parts.hostname or "").lower()
    for prefix in _SUBDOMAINS:
        host = host.removeprefix(prefix)
    if host.endswith(".wistia.com"):
        host = "wistia.com"
    if host == "youtube.com" and parts.path == "/watch":
        return _framed("youtube.com", parse_qs(parts.query).get("v", [""])[0])
    form, _ = _PLAYERS.get(host, (None, ""))
    found = form.fullmatch(parts.path) if form else None
    return _framed(host, found[1]) if found else Playable()


def _framed(host: str, film: str) -> Playable:
    return Playable(frame=_PLAYERS[host][1].format(film)) if _ID.fullmatch(film) else Playable()
