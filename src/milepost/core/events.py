"""Facts: what happened, in the past tense, never edited.

A fact enters as a Segment call or as something that Milepost itself did, and every fact has one *name*: the event's for
`track`, and the names below for the other calls, so that a condition can ask for any of them with `did`.
"""

import re
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

FactKind = Literal["track", "identify", "page", "screen", "group", "alias"]

#: The name of the fact that a Segment call leaves which carries no event name of its own.
NAME_OF_KIND: dict[FactKind, str] = {
    "identify": "Identified",
    "page": "Page Viewed",
    "screen": "Screen Viewed",
    "group": "Grouped",
    "alias": "Aliased",
}

#: Where a fact came from: a client just now, an import of the past, Milepost itself (what people did with its pieces and
#: messages), or a conclusion of the engine, which no decision reads.
Source = Literal["live", "import", "milepost", "derived"]


_SITE = re.compile(r"https?://[^/?#\s]{1,200}")
_LONGEST_ORIGIN = 200

#: Where a fact's context says what Milepost itself noted about it; what a client sends under this name is dropped.
NOTES = "milepost"


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened.

    Shapes: `properties` are the event's, or the traits of `identify` and `group`. `context` is Segment's, as sent.
    Units: instants are aware UTC; `at` is corrected for the client's clock, `received_at` is the server's.
    Absent: `seq` is 0 until the log has numbered the fact; an identity that was not sent is None, never "".
    """

    workspace: int
    kind: FactKind
    name: str
    at: datetime
    received_at: datetime
    message_id: str
    seq: int = 0
    source: Source = "live"
    user_id: str | None = None
    anonymous_id: str | None = None
    group_id: str | None = None
    previous_id: str | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)


def vouched(fact: Fact) -> bool:
    """Whether somebody answers for whose fact it is: the host product has signed the user id, or its server has sent the
    fact; or Milepost told it itself. The write key is public and proves nothing."""
    return fact.source != "live" or bool(_notes(fact).get("signed"))


def is_test(fact: Fact) -> bool:
    """Whether somebody of the team was trying something out: it counts for the person, and in no report."""
    return fact.context.get("test") is True


def as_test(fact: Fact) -> Fact:
    """The fact, as one that came of trying something out."""
    return replace(fact, context={**fact.context, "test": True})


def origin_of(fact: Fact) -> str:
    """Where a client sent it from: the site of a page (`https://app.example.com`), else the name of a library; empty where
    the fact says neither."""
    page, library = fact.context.get("page"), fact.context.get("library")
    url = page.get("url") if isinstance(page, dict) else None
    if isinstance(url, str) and (site := _SITE.match(url)):
        return site[0].lower()
    name = library.get("name") if isinstance(library, dict) else None
    return name[:_LONGEST_ORIGIN] if isinstance(name, str) else ""


def _notes(fact: Fact) -> dict[str, Any]:
    notes = fact.context.get(NOTES)
    return notes if isinstance(notes, dict) else {}


# Names that Milepost itself writes. One table, so that what is emitted and what is asked for cannot drift apart.
MESSAGE_SENT = "Message Sent"
MESSAGE_DELIVERED = "Message Delivered"  # their provider, or the other end, has said so
MESSAGE_FAILED = "Message Failed"
EMAIL_BOUNCED = "Email Bounced"
EMAIL_OPENED = "Email Opened"
EMAIL_FETCHED = "Email Fetched"  # opened, but by a machine
EMAIL_CLICKED = "Email Link Clicked"
UNSUBSCRIBED = "Unsubscribed"
RESUBSCRIBED = "Resubscribed"
CONTENT_SHOWN = "Content Shown"
CONTENT_STEP_SEEN = "Content Step Seen"
CONTENT_COMPLETED = "Content Completed"
CONTENT_DISMISSED = "Content Dismissed"
CONTENT_SNOOZED = "Content Snoozed"
CONTENT_REFUSED = "Content Refused"  # "never show this again"
CONTENT_STARTED = "Content Started"  # asked for: milepost.start(key), or a deep link
TARGET_MISSING = "Target Missing"
MILESTONE_REACHED = "Milestone Reached"

# What people and members tell Milepost through its own pieces and pages; a client may send them as well.
GOAL_STATED = "Goal Stated"  # goal
QUESTION_ANSWERED = "Question Answered"  # survey, question, answer, and measure + value where it is a measure's
SURVEY_ANSWERED = "Survey Answered"  # survey: all of its questions were seen to the end
MEASURE_RECORDED = (
    "Measure Recorded"  # measure, value (a number; of `as: by` a day), as: value | baseline | target | by
)
MILESTONE_SKIPPED = "Milestone Skipped"  # milestone
MILESTONE_ATTESTED = "Milestone Attested"  # milestone, by, note: a member vouches for it
DATE_SET = "Date Set"  # milestone, on: the person's own date
ACCOUNT_TRAITS_CHANGED = "Account Traits Changed"  # of each member: the traits of their account that are new
ACCOUNT_MILESTONE_REACHED = "Account Milestone Reached"  # of each member: milestone, account
ACCOUNT_HELP_DUE = (
    "Account Help Due"  # of who it is for: kind, key, milestone, account: their account's program asks it
)
#: What people are told of their account; what stands in it was said by others, and is no act of theirs.
OF_ACCOUNTS = frozenset({ACCOUNT_TRAITS_CHANGED, ACCOUNT_MILESTONE_REACHED, ACCOUNT_HELP_DUE})
CONTENT_ACTED = "Content Acted"  # content, action: the one thing that a piece asks for was done
TEMPLATE_USED = "Template Used"  # template, ids: the host made the sample data; `request` where we have asked it
TEMPLATE_FAILED = "Template Failed"  # template, request, error: it could not make them
TEMPLATE_REMOVED = "Template Removed"  # template
OFFER_SHOWN = "Offer Shown"  # offer, content
OFFER_ACCEPTED = "Offer Accepted"
OFFER_DECLINED = "Offer Declined"
FEEDBACK_GIVEN = "Feedback Given"  # conversation, text, mood (1..3), contact (may we write to them), page, milestone
ERASURE_ASKED = "Erasure Asked"  # conversation, text: a person wants to be forgotten
INVITE_SENT = "Invite Sent"  # code
INVITE_ACCEPTED = "Invite Accepted"  # of whoever invited: code, friend
INVITED = "Invited"  # of whoever came: code, by
QUESTION_ASKED = "Question Asked"  # conversation, text, page: a person needs an answer
QUESTION_REPLIED = "Question Replied"  # conversation, text, by: a member answered
CONVERSATION_CLOSED = "Conversation Closed"  # conversation
TEAM_TASK_COMPLETED = "Team Task Completed"  # task, about, title, by, outcome: somebody of the team has done it
TEAM_TASK_REOPENED = "Team Task Reopened"  # task, about, title, by: it is to do after all
ARTICLE_OPENED = "Article Opened"  # article
COMMUNITY_JOINED = (
    "Community Joined"  # url: they went to where people help one another, or the host knows that they did
)
FORM_STARTED = "Form Started"  # form: somebody began to fill it in
FORM_SUBMITTED = "Form Submitted"  # form, seconds, last, fields: name, seconds, corrections, errors of each
FORM_ABANDONED = "Form Abandoned"  # the same; `last`: the field in which they stopped
DECK_PAGE_VIEWED = "Deck Page Viewed"  # content, page, seconds: a page was left again
LESSON_FINISHED = "Lesson Finished"  # content, page, seconds, passed: the server found its quiz answered right
HELP_SEARCHED = "Help Searched"  # text, results: how many articles answer it

# Derived: what the engine concluded, written to the log for exports and analytics, never an input of a decision. Their
# source is `derived`, and their ids follow from the keys of what they tell of.
PLAN_MADE = "Plan Made"  # goal, dates
PLAN_MOVED = "Plan Moved"  # milestone, from, to, why
OBSTACLE_DETECTED = "Obstacle Detected"  # milestone, obstacle
OBSTACLE_ANSWERED = "Obstacle Answered"  # milestone, obstacle, help, response: help came
OBSTACLE_RESOLVED = "Obstacle Resolved"  # milestone, obstacle, helped: the milestone was reached after help
RISK_RAISED = "Risk Raised"  # risk
RISK_ENDED = "Risk Ended"  # risk, recovered, days
SEGMENT_ENTERED = "Segment Entered"  # segment
SEGMENT_LEFT = "Segment Left"
JOURNEY_STARTED = "Journey Started"  # journey, run
JOURNEY_ENDED = "Journey Ended"  # journey, run, how: goal | left | finished | dropped
EXPERIMENT_EXPOSED = "Experiment Exposed"  # experiment, variant: from now on it may make a difference to them
CHECK_IN_MISSED = "Check-in Missed"  # survey, occurrence
HANDED_OVER = "Handed Over"  # plan, phase, from, to: one host is done, the next one is to take over
HAND_OFF_LATE = "Hand-off Late"  # plan, phase, from, to, at_most: and has not, for too long
TAKEN_OVER = "Taken Over"  # plan, phase, from, to, seconds, late
#: What is concluded of an account and told of one of its people, whom the account is named beside.
OF_HAND_OFFS = frozenset({HANDED_OVER, HAND_OFF_LATE, TAKEN_OVER})

#: Facts in Title Case are the truth; these are the snake_case names that exports and webhooks may ask for.
SNAKE_NAMES: dict[str, str] = {
    CONTENT_SHOWN: "flow_started",
    CONTENT_STEP_SEEN: "flow_step_seen",
    CONTENT_COMPLETED: "flow_completed",
    CONTENT_DISMISSED: "flow_ended",
    TARGET_MISSING: "tooltip_target_missing",
    MILESTONE_REACHED: "milestone_reached",
    GOAL_STATED: "goal_stated",
    PLAN_MADE: "plan_created",
    QUESTION_ANSWERED: "question_answered",
    SURVEY_ANSWERED: "checkin_answered",
    OBSTACLE_DETECTED: "obstacle_detected",
    OBSTACLE_RESOLVED: "obstacle_resolved",
    OFFER_SHOWN: "offer_shown",
    OFFER_ACCEPTED: "offer_accepted",
    QUESTION_ASKED: "question_asked",
    INVITE_SENT: "invite_sent",
    INVITE_ACCEPTED: "invite_accepted",
    "Page Viewed": "page_viewed",
}
