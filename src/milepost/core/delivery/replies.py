"""What a mail server's refusal means for the message and for the address (RFC 5321 §4.2, RFC 3463).

A reply of 4xx may pass. A reply of 5xx is final, except where it speaks of us (sign-in, greeting): somebody of the team
can mend that while the message waits. Only a refusal of the recipient as unknown makes an address one that is never
written to again; a full mailbox or a server that thinks us spam says nothing about the address.
"""

import re
from typing import Literal

Verdict = Literal["later", "final", "dead_address"]
Stage = Literal["connect", "sign_in", "sender", "recipient", "content"]

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_UNKNOWN = re.compile(
    r"unknown|no such|not exist|doesn.t exist|invalid (recipient|mailbox|address)|user not found", re.I
)
_DEAD_STATUS = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}


def judge(stage: Stage, code: int, text: str) -> Verdict:
    """Example: judge("recipient", 550, "5.1.1 no such user") → "dead_address"."""
    if code < 500 or stage in ("connect", "sign_in"):
        return "later"
    return "dead_address" if stage == "recipient" and _is_dead(code, text) else "final"


def _is_dead(code: int, text: str) -> bool:
    status = _ENHANCED.search(text)
    if status:
        return (int(status[2]), int(status[3])) in _DEAD_STATUS
    return code in (550, 551, 553) or (code == 554 and bool(_UNKNOWN.search(text)))
