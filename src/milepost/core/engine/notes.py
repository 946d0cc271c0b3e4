"""What a fact tells of its person, whatever the program asks: goal, answers, questions, moods, days of activity.

Notes are a function of the facts alone, the last by time and number counting, so that a replay makes the same ones.
"""

from milepost.core import events
from milepost.core.engine.state import Answer, State
from milepost.core.events import Fact

_MOST_ANSWERS = 200  # the write key is public: a state must not grow without end
_LONGEST_ANSWER = 2000


def note(state: State, fact: Fact) -> None:
    """Writes down what this fact says of the person."""
    told = _NOTES.get(fact.name)
    if told is not None:
        told(state, fact)


def forget(state: State) -> None:
    """Before a replay, which notes everything again."""
    state.goal, state.goal_at, state.answers = "", None, {}
    state.talking_since, state.mood = None, None
    state.seen, state.active_on = [], []


def _goal(state: State, fact: Fact) -> None:
    goal, instant = fact.properties.get("goal"), (fact.at, fact.seq)
    if isinstance(goal, str) and (state.goal_at is None or instant > state.goal_at):
        state.goal, state.goal_at = goal[:100], instant


def _answer(state: State, fact: Fact) -> None:
    question = fact.properties.get("question")
    if not isinstance(question, str) or (question not in state.answers and len(state.answers) >= _MOST_ANSWERS):
        return
    known, value = state.answers.get(question), fact.properties.get("answer")
    if isinstance(value, str):
        value = value[:_LONGEST_ANSWER]
    if known is None or (fact.at, fact.seq) > (known.at, known.seq):
        survey = str(fact.properties.get("survey", ""))[:100]
        state.answers[question] = Answer(at=fact.at, seq=fact.seq, survey=survey, value=value)


_NOTES = {events.GOAL_STATED: _goal, events.QUESTION_ANSWERED: _answer}
