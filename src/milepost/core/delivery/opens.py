"""Who opened a letter: a person, or a machine that fetches whatever it is sent.

Rules, each a known habit of machines:
1. Whoever does not say what it is, or says that it is a program, is one.
2. Apple's mail privacy fetches every picture of every letter and calls itself just `Mozilla/5.0`.
3. Who fetches within seconds of the handing over is a scanner on the way: no letter is read before it has arrived.

A proxy that fetches when somebody looks (Gmail's, Yahoo's) stands for that somebody.
"""

import re
from datetime import timedelta

#: Sooner after the letter was handed over nobody has read it.
ON_THE_WAY = timedelta(seconds=5)
_PREFETCHER = "Mozilla/5.0"
_PROGRAM = re.compile(r"bot\b|spider|crawl|scan|curl|wget|python|java/|go-http|okhttp|libwww|headless", re.IGNORECASE)


def by_machine(user_agent: str, since_sent: timedelta) -> bool:
    """Whether a fetch of the letter's picture says nothing about its reader."""
    said = user_agent.strip()
    return since_sent < ON_THE_WAY or said in ("", _PREFETCHER) or bool(_PROGRAM.search(said))
