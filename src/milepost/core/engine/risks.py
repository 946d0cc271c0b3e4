"""Risks: somebody stands still or comes less. The team is asked to see to it, and whether the person recovered is kept.

1. A risk is raised when its condition turns true, and is open until what says that they recovered is true.
2. Each time it is raised there is one task for the team, and at most one message to the person; the fact says so, and so
   does the one that ends it, with how long it was open.
3. A release or a replay raises what holds silently: nobody is asked about the past.
4. Silent leavers are a segment; who enters it is written to once, and the team is asked once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from milepost.core import events
from milepost.core.conditions.evaluate import END_OF_MOMENT, holds
from milepost.core.conditions.instants import next_edge
from milepost.core.delivery.language import say
from milepost.core.engine import patience
from milepost.core.engine.reasons import in_words
from milepost.core.engine.state import Risked
from milepost.core.program.compile import Rule
from milepost.core.program.risks import SILENT_LEAVERS
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def turn(work: Work, rule: Rule, instant: Instant) -> None:
    """Something that raises this risk has changed."""
    open_, now = _is_open(work, rule.key), _now(work)
    if not open_ and holds(rule.condition, work.view, now):
        _raise(work, rule, silently=work.given.at - now[0] > patience.MESSAGE)
    _wake(work, rule)


def recovered(work: Work, rule: Rule, instant: Instant) -> None:
    """Something that says that they recovered has changed."""
    now = _now(work)
    if _is_open(work, rule.key) and holds(rule.condition, work.view, now):
        risked = work.state.risks[rule.key]
        work.state.risks = {**work.state.risks, rule.key: _ended(risked, now)}
        days = (now[0] - risked.at).days
        text = f"They recovered after {days} days."
        work.desk.decide("risk", rule.key, "ended", {**work.desk.because(rule, now), "text": text})
        about = {"risk": rule.key, "recovered": True, "days": days}
        work.desk.tell(events.RISK_ENDED, about, f"risk-ended:{rule.origin}:{risked.number}")
    _wake(work, rule)


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay: what the program still watches, and what is true of it now."""
    renamed = {work.program.renamed(key): risked for key, risked in work.state.risks.items()}
    work.state.risks = {key: risked for key, risked in renamed.items() if ("risk", key) in work.program.rules}
    for key, risk in work.program.watched.items():
        now = _now(work)
        if _is_open(work, key) and holds(risk.recovered.condition, work.view, now):
            work.state.risks = {**work.state.risks, key: _ended(work.state.risks[key], now)}
        elif not _is_open(work, key) and holds(risk.raised.condition, work.view, now):
            _raise(work, risk.raised, silently=True)
        _wake(work, risk.raised)
        _wake(work, risk.recovered)


def left_in_silence(work: Work, rule: Rule, instant: Instant) -> None:
    """Somebody has come among the silent leavers: they may be written to, once."""
    silent = work.program.document.silent
    if rule.key != SILENT_LEAVERS or silent is None or work.given.retroactive:
        return
    why = {"text": "They came, found nothing that they need, and have not been here since."}
    if silent.message is not None:
        work.desk.propose("message", silent.message, instant, milestone=None, why=why, occurrence="silent")
    if silent.task is not None:
        title = say(silent.task, (work.program.document.locales.default,))
        work.desk.ask_team(title, f"segment:{SILENT_LEAVERS}", why["text"], "silent")


def _raise(work: Work, rule: Rule, *, silently: bool) -> None:
    now, before = _now(work), work.state.risks.get(rule.key)
    number = before.number + 1 if before else 1
    work.state.risks = {**work.state.risks, rule.key: Risked(number=number, at=now[0])}
    if silently or work.given.retroactive:
        return
    why, risk = work.desk.because(rule, now), work.program.document.risk[rule.key]
    locale = (work.program.document.locales.default,)
    work.desk.decide("risk", rule.key, "raised", why)
    work.desk.tell(events.RISK_RAISED, {"risk": rule.key}, f"risk:{rule.origin}:{number}")
    title = say(risk.task, locale) if risk.task else "See to them before they leave"
    reason = str(in_words(why, rule.condition)["text"])
    work.desk.ask_team(title, f"risk:{rule.key}", reason, f"risk:{rule.origin}:{number}")
    if risk.message is not None:
        occurrence = f"risk:{rule.key}:{number}"
        work.desk.propose("message", risk.message, now, milestone=None, why=why, occurrence=occurrence)


def _ended(risked: Risked, now: Instant) -> Risked:
    return Risked(number=risked.number, at=risked.at, ended_at=now[0])


def _is_open(work: Work, key: str) -> bool:
    risked = work.state.risks.get(key)
    return risked is not None and risked.ended_at is None


def _wake(work: Work, rule: Rule) -> None:
    if rule.by_time:
        work.wake_at(rule.name, next_edge(rule.by_time, work.view, _now(work)[0]))


def _now(work: Work) -> Instant:
    """The last moment at which something changed, with all that happened at it."""
    return work.state.last_at or work.given.at, END_OF_MOMENT
