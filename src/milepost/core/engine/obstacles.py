"""Obstacles: seen, answered with one help, resolved when the milestone is reached.

1. Somebody is stuck who is on the way to the milestone (it is in their plan, if they have one) and has not reached it.
2. One stuck event is answered with at most one help: the first that fits, of the family that `prompting` finds. It waits
   for its moment like any help. Of several obstacles at once the most severe is answered first.
3. An accepted obstacle is counted, and nobody is helped.
4. A milestone that was not reached after all opens its obstacles again; who was helped is not helped once more.
5. The milestone reached after help came is a resolved obstacle that was helped.
6. Who goes to the community of their own accord has help with whatever names peers, beside what else has come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from milepost.core import events
from milepost.core.delivery.language import say
from milepost.core.engine import mood, patience
from milepost.core.engine.goals import way_of
from milepost.core.engine.knowledge import plan_of, today
from milepost.core.engine.prompting import Diagnosis, Signs, diagnose, in_order
from milepost.core.engine.proposals import STUCK, URGENCY, HelpKind
from milepost.core.engine.state import Stuck
from milepost.core.events import Fact
from milepost.core.program.compile import Rule
from milepost.core.program.kinds.milestone import Help, Obstacle
from milepost.core.success.responses import JOINED, OUTSIDE, response_of
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def detected(work: Work, rule: Rule, instant: Instant) -> None:
    """Somebody is stuck."""
    milestone, _, key = rule.key.partition("/")
    if rule.key in work.state.stuck or milestone in work.state.reached or not _on_the_way(work, milestone):
        return
    work.state.stuck = {**work.state.stuck, rule.key: Stuck(at=instant[0])}
    obstacle = work.program.document.milestones[milestone].obstacles[key]
    about = {"milestone": milestone, "obstacle": key, **({} if obstacle.accepted is None else {"accepted": True})}
    work.desk.tell(events.OBSTACLE_DETECTED, about, f"obstacle:{_origin(work, rule.key)}", once=True)
    if not work.given.retroactive:
        work.stuck_now.append((rule, instant, obstacle))


def answer(work: Work) -> None:
    """What this step has found, the most severe first; what was reached meanwhile needs no answer."""
    for rule, instant, obstacle in sorted(work.stuck_now, key=lambda found: URGENCY[found[2].severity]):
        if rule.key in work.state.stuck and rule.key.partition("/")[0] not in work.state.reached:
            _answer(work, rule, instant, obstacle)
    work.stuck_now.clear()


def resolved(work: Work, milestone: str, instant: Instant) -> None:
    """The milestone was reached: what waits to help has lost its point."""
    for key, stuck in work.state.stuck.items():
        if key.startswith(f"{milestone}/") and stuck.resolved_at is None:
            work.state.stuck = {**work.state.stuck, key: replace(stuck, resolved_at=instant[0])}
            work.desk.let_go(STUCK + key)
            _say_resolved(work, key, stuck, instant)


def moved(work: Work, milestone: str, instant: Instant | None) -> None:
    """A late fact has moved the milestone's instant; None: it was not reached after all, and they are stuck as before."""
    for key, stuck in work.state.stuck.items():
        if key.startswith(f"{milestone}/") and stuck.resolved_at is not None:
            resolved_at = instant[0] if instant else None
            work.state.stuck = {**work.state.stuck, key: replace(stuck, resolved_at=resolved_at)}
            if instant is None:
                text = f"{milestone} was not reached after all: they are stuck as before."
                work.desk.decide("obstacle", key, "moved", {"text": text})


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay: who is stuck on what is still there, and whether they still are."""
    known: dict[str, Stuck] = {}
    for key, stuck in sorted(work.state.stuck.items(), key=lambda pair: pair[1].helped_at is not None):
        milestone, _, obstacle = key.partition("/")
        name = f"{work.program.renamed(milestone)}/{obstacle}"
        if ("obstacle", name) in work.program.rules:
            reached = work.state.reached.get(name.partition("/")[0])
            known[name] = replace(stuck, resolved_at=reached[0] if reached else None)
    work.state.stuck = known


def follow(work: Work, fact: Fact) -> None:
    """Who has joined those who help one another: nobody of the team has to introduce them any more."""
    if fact.name != events.COMMUNITY_JOINED or work.given.retroactive:
        return
    for key, stuck in work.state.stuck.items():
        rule = work.program.rules.get(("obstacle", key))
        if rule is not None and stuck.resolved_at is None and stuck.at <= fact.at and _names_peers(work, key):
            work.desk.helped(key, stuck, JOINED)
            if stuck.help == "task:peers":
                work.desk.close_tasks(f"obstacle:{_origin(work, key)}")


def _names_peers(work: Work, key: str) -> bool:
    milestone, _, name = key.partition("/")
    obstacle = work.program.document.milestones[milestone].obstacles[name]
    return obstacle.accepted is None and any(help_.peers for help_ in obstacle.help)


def _on_the_way(work: Work, milestone: str) -> bool:
    way = way_of(work.program, work.state)
    return way is None or milestone in way


def _answer(work: Work, rule: Rule, instant: Instant, obstacle: Obstacle) -> None:
    """Chooses one help, and writes down what was considered, what won, and why."""
    why = work.desk.because(rule, instant)
    if obstacle.accepted is not None:
        work.desk.decide("obstacle", rule.key, "detected", {**why, "accepted": obstacle.accepted, "won": None})
        return
    diagnosis = diagnose(_signs(work, rule.key, obstacle), human=any(help_.ask_support for help_ in obstacle.help))
    considered: list[dict[str, Any]] = []
    won = None
    for help_ in in_order(_fitting(work, obstacle), diagnosis.family):
        name, unfit = _name(help_), _unfit(work, help_, instant)
        considered.append({"help": name, "as": help_.as_, "not": unfit})
        if unfit is None:
            won = help_
            break
    reason = {**why, "diagnosis": _told(diagnosis), "considered": considered, "won": _name(won) if won else None}
    work.desk.decide("obstacle", rule.key, "detected", {**reason, "answer": _sentence(diagnosis, won)})
    if won is not None:
        _give(work, rule, instant, won, {"text": _sentence(diagnosis, won), "obstacle": rule.key})


def _fitting(work: Work, obstacle: Obstacle) -> tuple[Help, ...]:
    """What helps, as the program lists it; with something outside the product, what does not show the product first."""
    if obstacle.locus == "inside":
        return obstacle.help
    return tuple(sorted(obstacle.help, key=lambda help_: response_of(help_, work.program.document) not in OUTSIDE))


def _signs(work: Work, key: str, obstacle: Obstacle) -> Signs:
    state, document, now = work.state, work.program.document, work.given.at
    milestone = key.partition("/")[0]
    day, plan = today(document, state, now).toordinal(), plan_of(work.program, state, now)
    begun = today(document, state, state.start[0]).toordinal() if state.start else min((*state.active_on, day))
    signal = mood.last_signal(document, state)
    return Signs(
        idle_days=max(0, day - state.active_on[-1]) if state.active_on else None,
        active_share=sum(1 for each in state.active_on if each > day - 28) / min(28, max(1, day - begun + 1)),
        progress=plan.progress if plan else None,
        mood=signal.good if signal else None,
        effort=document.milestones[milestone].effort,
        stuck_before=sum(1 for other in state.stuck if other != key and other.startswith(f"{milestone}/")),
        left=sum(1 for handled in state.handled.values() if handled.how in ("dismissed", "refused")),
        experience=len(state.reached),
        lacks=obstacle.lacks,
    )


def _piece(help_: Help) -> tuple[HelpKind, str] | None:
    """What is proposed; None for what the team is asked to do."""
    if help_.message is not None:
        return "message", help_.message
    content = help_.guide or help_.content or help_.article
    return ("content", content) if content is not None else None


def _name(help_: Help) -> str:
    piece = _piece(help_)
    if piece is not None:
        return ":".join(piece)
    return f"offer:{help_.offer}" if help_.offer else "team" if help_.ask_support else "peers"


def _unfit(work: Work, help_: Help, instant: Instant) -> str | None:
    """Why this cannot help now nor soon; None: it can."""
    piece, support = _piece(help_), work.program.document.support
    if piece is not None:
        return work.desk.unfit(*piece, instant)
    if work.given.at - instant[0] > patience.MESSAGE:
        return "its reason is too long ago"
    if help_.offer is not None:
        return work.desk.refuses(help_.offer)
    if help_.peers and (support is None or support.community is None):
        return "the program names no community"
    return None


def _give(work: Work, rule: Rule, instant: Instant, help_: Help, why: dict[str, Any]) -> None:
    milestone, piece = rule.key.partition("/")[0], _piece(help_)
    if piece is not None:
        work.desk.propose(*piece, instant, milestone=milestone, why=why, occurrence=STUCK + rule.key)
    elif help_.offer is not None:
        work.desk.make_offer(help_.offer, milestone, why, STUCK + rule.key)
    else:
        _ask_team(work, rule, milestone, help_, why)


def _ask_team(work: Work, rule: Rule, milestone: str, help_: Help, why: dict[str, Any]) -> None:
    document = work.program.document
    title = say(document.milestones[milestone].title, (document.locales.default,))
    community = document.support.community if document.support else None
    todo, reason = f"Help them with: {title}", str(why["text"])
    if not help_.ask_support:
        todo, reason = f"Introduce them to others who help with: {title}", f"{reason} Others are here: {community}"
    work.desk.ask_team(todo, f"obstacle:{rule.key}", reason, f"obstacle:{_origin(work, rule.key)}")
    work.desk.helped(rule.key, work.state.stuck[rule.key], f"task:{_name(help_)}")


def _say_resolved(work: Work, key: str, stuck: Stuck, instant: Instant) -> None:
    milestone, _, obstacle = key.partition("/")
    helped = stuck.helped_at is not None and stuck.helped_at <= instant[0]
    about = {"milestone": milestone, "obstacle": obstacle, "helped": helped, "help": stuck.help if helped else ""}
    work.desk.tell(events.OBSTACLE_RESOLVED, about, f"obstacle-resolved:{_origin(work, key)}", once=True)
    text = f"{milestone} was reached, after {stuck.help}." if helped else f"{milestone} was reached without help."
    work.desk.decide("obstacle", key, "resolved", {"text": text, "helped": helped, "help": about["help"]})


def _sentence(diagnosis: Diagnosis, won: Help | None) -> str:
    missing = {"ability": "It is hard for them", "motivation": "They do not feel like it", "prompt": "They forgot"}
    found = missing.get(diagnosis.missing, "It is hard, and they do not feel like it")
    answer = {"hold": "a prompt would only annoy"}.get(diagnosis.family, f"a {diagnosis.family} helps")
    return f"{found}: {answer}. {f'Chosen: {_name(won)}' if won else 'Nothing was chosen'}."


def _told(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "motivation": asdict(diagnosis.motivation),
        "ability": asdict(diagnosis.ability),
        "missing": diagnosis.missing,
        "family": diagnosis.family,
    }


def _origin(work: Work, key: str) -> str:
    milestone, _, obstacle = key.partition("/")
    return f"{work.program.origin(milestone)}/{obstacle}"
