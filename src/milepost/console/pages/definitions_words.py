"""What the fields of a form are called, and what is said beside them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS: dict[str, Any] = {
    "title": _("Title"), "ask": _("In their words"), "told": _("How the customer reads it"), "kind": _("Kind"),
    "body": _("Text"), "subject": _("Subject"), "why": _("Why"), "url": _("Address"), "button": _("Button"),
    "channel": _("Channel"), "purpose": _("Purpose"), "when": _("When"), "serves": _("Leads to"), "stage": _("Stage"),
    "resource": _("What it teaches"), "link": _("Button"), "text": _("Text"), "start": _("Starts"), "steps": _("Steps"),
    "on": _("On the page"), "advance": _("Leads on"), "event": _("Fact"), "page": _("Page"), "element": _("Element"),
    "focus": _("Focus"), "first_visit": _("Only on the first visit"), "error": _("Error"), "confetti": _("Confetti"),
    "questions": _("Questions"), "key": _("Key"), "options": _("Options"), "hint": _("Hint"),
    "optional": _("May be skipped"),
    "unit": _("Unit"), "together": _("On one page with the question before it"),
    "least": _("At the low end"),
    "most": _("At the high end"), "pictures": _("Pictures"), "image": _("Address of the picture"),
    "alt": _("What is on the picture"),
    "at_least": _("At least"), "at_most": _("At most"), "measure": _("Measure"), "if": _("Only if"),
    "thanks": _("Thanks"), "every": _("Every"),
    "one_at_a_time": _("One question at a time, every"), "remind": _("Reminder"), "praise": _("Praise"), "from": _("Shows"),
    "items": _("Items"), "actions": _("Buttons"), "use_template": _("Makes sample data"), "functions": _("Functions"),
    "Question.ask": _("Question"), "QuizQuestion.ask": _("Question"),
    "Advance.on": pgettext_lazy("what leads on", "By"), "reviewed_on": _("Last reviewed"), "data": _("Data"),
    "by_goal": _("By goal"),
    "milestones": _("Milestones"),
    "statement": _("Where they say it"), "expects": _("Where they say what they hope for"), "better": _("Better is"),
    "baseline": _("Begins at"), "target": _("Target"), "by": _("By when"), "starts": _("Begins when"),
    "ends": _("Its goal is met when"), "re_entry": _("Again"), "send": _("Message"), "show": _("Piece or article"),
    "wait": _("Wait"), "until": _("Until"), "for": _("For"), "then": _("Then"), "else": _("Otherwise"), "task": _("Task"),
    "series": _("Series"), "stops": _("Stops when"), "at": _("At"), "eligible": _("For whom"),
    "not_more_than": _("Not more than"),
    "per": _("Per"), "taken": _("Taken when"), "reached": _("Reached when"), "evidence": _("Evidence outside the product"),
    "first_value": _("This is the first value"), "repeats": _("Repeats"), "effort": _("Effort"), "needs": _("Needs first"),
    "tasks": _("Tasks"), "celebrate": _("Celebrate with"), "offer": _("Offer"), "more_use": _("More use"),
    "upgrade": _("Upgrade"), "cross_sell": _("Goes well with"), "obstacles": _("Obstacles"), "stuck": _("Stuck when"),
    "lacks": _("What is lacking"), "locus": _("Where it is"), "help": _("Help"),
    "accepted": _("Why nothing is done about it"),
    "guide": _("Guide"), "content": _("Piece"), "message": pgettext_lazy("kind of definition", "Message"),
    "article": _("Article"), "ask_support": _("Ask support"), "peers": _("Ask other users"), "as": _("As"),
    "owner": _("A task for the team"), "done": _("Done when"), "buyers": _("Message to who pays"), "answer": _("Answer to"),
    "self_report": _("They say so"), "imported": _("Imported"), "attested": _("Who may vouch for it"), "name": _("Name"),
    "email": _("E-mail"), "telegram": _("Telegram"), "hours": _("Hours"), "how": _("How support works"),
    "community": _("Community"), "in_app": _("In the product"), "total": _("Everything together"), "gap": _("Gap"),
    "quiet": _("Quiet hours"), "default": _("Default"), "others": _("Others"), "mode": _("How often"),
    "once_per": _("Once per"), "after": _("Again after"), "leaves": _("Left when"), "migrate": _("In another release"),
    "Pause.on": _("On the weekdays"), "day": _("Until the day"), "date": _("Date"), "days_before": _("Days before it"),
    "days_after": _("Days after it"), "Day.trait": _("The day in the trait"), "split": _("Shares"), "arms": _("Ways"),
    "repeat": _("Round"), "Experiment.on": _("What is tried"), "variants": _("Variants"), "weights": _("Shares"),
    "unless": _("Not while"), "level": _("For whom"), "formats": _("Other ways to learn it"), "video": _("Video"),
    "interactive": _("To try out"), "live": _("Live"), "pdf": "PDF", "place": _("Where"), "action": _("Button"),
    "explain": _("Explanation"), "if_something_goes_wrong": _("If something goes wrong"),
    "acknowledge": _("Words on the button"), "inferred": _("Inferred when"), "Goal.if": _("Only for some"),
    "severity": _("How bad it is"), "change": _("Change of the product"), "done_on": _("Done on"),
    "stall": _("Nothing reached for"), "decline": _("Comes less"), "of": _("What they did"), "days": _("On how many days"),
    "silent_for": _("Not any more for"), "recovered": _("Has recovered when"), "seen": _("What counts as a visit"),
    "Risk.task": _("Task for the team"), "Silent.task": _("Task for the team"), "Silent.after": _("After"),
    "phases": _("Phases"), "hand_offs": _("Passing on"), "carry": _("What goes along"),
    "orient": _("What is said of the next place"),
    "what": _("What"), "do": _("What it is"), "due": _("Due after"), "invite": _("Send a date to both"), "role": _("Role"),
    "PlanTemplate.owner": _("Who looks after it"), "PlanTask.owner": _("Who does it"), "Phase.owner": _("Host"),
    "pages": _("Pages"), "PlanTemplate.expects": _("What was agreed"), "Expectation.by": _("By whom"),
    "levels": _("Levels of a placement test"), "points": _("Points"), "Survey.then": _("Buttons at the end"),
    "leaving": _("It asks who leaves"), "reason": _("Why they leave"),
    "competitor": pgettext_lazy("they leave us", "For whom"), "obstacle": _("What was in their way last"),
    "Survey.owner": _("Who answers for what it measures"),
    "missing": _("If the target does not come"), "go": _("Leads to the step"), "captions": _("Captions"),
    "Step.then": _("The step that follows"), "Advance.milestone": _("Milestone"), "Advance.url": _("Page"),
    "ChartStep.did": _("Fact"), "ChartStep.reached": _("Milestone"), "ChartStep.functions": _("Functions they meet"),
    "ChartStep.next": _("Where they go on"), "Way.to": _("To the step"), "Way.label": _("Who goes there, or when"),
    "metric": _("What decides"), "guardrails": _("What must not get worse"),
}  # fmt: skip

#: `Type.field` or `field` → what is said below it.
HINTS: dict[str, Any] = {
    "target": _("How long it should take, from the milestone before. Example: 1d"),
    "effort": _("How long it takes them. Example: 2m"),
    "every": _("Example: 7d"),
    "one_at_a_time": _("Example: 7d"),
    "Message.body": _("Markdown. {{ person.first_name }}, {{ event.… }} and {{ milestone.title }} are filled in."),
    "body": _("Markdown."),
    "Step.on": _("CSS selectors, best first, one a line. Empty: a card on its own."),
    "Step.if": _("Asked on the server. The step needs a key."),
    "Step.then": _("Its key, or: end. Empty: the one below."),
    "Way.go": _("Its key, or: end."),
    "Advance.url": _("Paths with * for anything, one a line."),
    "Advance.element": _("A CSS selector of what appears or disappears."),
    "Video.captions": _("The address of a WebVTT file; as YAML, one for each language."),
    "EmptyState.on": _("A CSS selector: the element in which it stands."),
    "Page.url": _("Paths with * for anything, one a line."),
    "Page.element": _("A CSS selector of something that must be on the page."),
    "Page.focus": _("A CSS selector of something that was focused."),
    "resource": _("Who has seen it in one channel is not sent it in another."),
    "quiet": _("In the person’s own time zone. Example: 21:00–08:00"),
    "Limit.per": _("Example: 7d, or session"),
    "gap": _("Example: 3m"),
    "at": _("In the person’s own time zone. Example: 10:00"),
    "attested": _("Roles of members, one a line."),
    "others": _("Language codes, one a line."),
    "accepted": _("If you leave it as it is: it is counted, and nobody is helped."),
    "telegram": _("Example: @calorie_help"),
    "reviewed_on": _("Example: 2026-05-01"),
    "Question.key": _("The same key in another survey is the same question, and it is asked once."),
    "levels": _("As YAML: from how many points on. Example: {beginner: 0, advanced: 3}"),
    "points": _("As YAML, by option. Example: {right-answer: 1}"),
    "pictures": _("By option. An address begins with https:// or /."),
    "taken": _("Its revenue is attributed to the offer."),
    "Pause.at_most": _("Example: 1d"),
    "Pause.for": _("Instead of a condition. Example: 2d"),
    "Pause.on": _("As YAML. Example: [monday, friday]"),
    "Cadence.every": _("daily, twice a week, weekly, every two weeks, or a number of days: 3d"),
    "Step.key": _("People who wait here find their place again by it, in every release."),
    "Day.date": _("Instead of a trait. Example: 2026-12-24"),
    "split": _("As YAML. Example: {short: 50, long: 50}"),
    "arms": _("As YAML: the steps of each way. Example: {short: [{send: tip}]}"),
    "Experiment.on": _("Example: messages.welcome"),
    "variants": _("As YAML: what is different in each. Example: {as-it-is: {}, short: {subject: Hello}}"),
    "weights": _("As YAML. Without it all are equal. Example: {as-it-is: 90, short: 10}"),
    "Way.to": _("The key of a step of this chart."),
    "ChartStep.did": _("Instead of a milestone. Example: Signed Up"),
    "Goal.if": _("As YAML: milestones that are in the plan only while this holds. Example: {invite: {motive: teams}}"),
    "Form.on": _("A CSS selector: the form, or whatever its fields stand in."),
    "Form.sent": _("The fact that says that it was taken. Example: Signed Up"),
    "Hint.on": _("CSS selectors, best first, one a line."),
    "Term.on": _("CSS selectors, one a line. Empty: where the word stands in the page’s text."),
    "Term.also": _("As YAML: its other forms; a star stands for any ending. Example: [calories, {ru: калори*}]"),
    "unless": _("Asked at the moment of showing or sending."),
    "more_use": _("Words, the key of an offer, or an offer of its own."),
    "done_on": _("Example: 2026-05-01"),
    "stall": _("Example: 14d"),
    "due": _("From the start of the plan. Example: 2d"),
    "data": _("As YAML."),
    "if": _("As YAML. Example: {earlier-question: value}"),
}

#: A choice as people read it; what is not here is shown as it is.
CHOICES: dict[str, Any] = {
    "email": _("E-mail"), "in_app": _("In the product"), "telegram": "Telegram",
    "service": _("Service: part of what was asked for"), "care": _("Care: helps them on"), "marketing": _("Marketing"),
    "motivation": _("Motivation"), "value": pgettext_lazy("stage", "Value"), "sign-up": _("Sign-up"), "setup": _("Setup"),
    "education": _("Education"), "quick win": _("Quick win"), "support": _("Support"), "habit": _("Habit"),
    "expansion": _("Expansion"), "activity": _("Activity in the product"), "outcome": _("Outcome in their life"),
    "next": _("Button “next”"), "click": _("Click on it"), "input": _("Typing into it"), "event": _("A fact"),
    "goal": _("Goal"), "choice": _("One of several"), "multi": _("Some of several"), "text": _("Text"),
    "number": _("Number"), "date": _("Date"), "stars": _("Stars"),
    "nps": _("0 to 10: would they recommend it?"), "csat": _("1 to 5: how satisfied are they?"),
    "ces": _("1 to 7: how easy was it?"), "short text": _("Text of one line"), "picture": _("One of several pictures"),
    "ranking": _("An order of several"),
    "up": _("More"), "down": _("Less"),
    "ability": _("Ability"), "prompt": _("Only the prompt"), "inside": _("In the product"),
    "outside": _("Outside the product"), "facilitator": _("Facilitator: makes it easier"),
    "spark": _("Spark: gives a reason"), "signal": _("Signal: reminds"), "person": _("The person"), "team": _("Your team"),
    "motive": _("Motive"), "interests": _("Interests"), "beacon": _("A beacon beside it"), "inline": _("A line inside it"),
    "top": _("At the top"), "bottom": _("At the bottom"), "beginner": _("Beginners, never power users"),
    "advanced": _("Advanced"), "low": _("Low"), "medium": _("Medium"), "high": _("High"), "call": _("Call"),
    "task": _("Task"), "training": _("Training"), "check_in": _("Check-in"),
    "once": _("Once"), "every time": _("Every time"), "daily": _("Daily"), "twice a week": _("Twice a week"),
    "weekly": _("Weekly"), "every two weeks": _("Every two weeks"), "day": _("Each day"), "week": _("Each week"),
    "tooltip": _("Beside the target"), "spotlight": _("Beside the target, the rest in the shade"),
    "pointer": _("An arrow and a few words"), "video": _("A video"), "embedded": _("Inside the target"),
    "milestone": _("A milestone"), "url": _("The address"), "appears": _("Something appears"),
    "disappears": _("Something disappears"), "card": _("A card on its own"), "skip": _("On to the next step"),
    "move": _("They go on at their place in the new steps"), "end": _("They end, when its steps have changed"),
}  # fmt: skip
OPERATORS: dict[str, Any] = {
    "did": _("Somebody did"), "trait": _("Trait"), "reached": _("Milestone reached"), "goal": _("Their goal"),
    "answered": _("Answer"), "message": _("Message was"), "content": _("Piece was"), "measure": _("Measure"),
    "days_since": _("Days since"), "segment": _("In segment"), "sequence": _("One after the other"),
    "account": _("Trait of their account"), "motive": _("Why they came"), "lifecycle": _("How far they are"),
    "tier": _("How much they use it"), "yaml": _("Something else (YAML)"),
}  # fmt: skip
TESTS: dict[str, Any] = {
    "is": _("is"), "is_not": _("is not"), "in": _("is one of"), "gt": _("is more than"), "gte": _("is at least"),
    "lt": _("is less than"), "lte": _("is at most"), "contains": _("contains"), "exists": _("is known"),
    "before": _("is before"), "after": _("is after"),
}  # fmt: skip
STEPS: dict[str, Any] = {
    "send": _("Send a message"), "show": _("Show a piece"), "wait": _("Wait"), "if": _("Go one way or the other"),
    "split": _("Split by chance"), "repeat": _("Go round again"), "task": _("Ask the team"),
}  # fmt: skip
ADD: dict[str, Any] = {
    "steps": _("Add a step"), "questions": _("Add a question"), "actions": _("Add a button"), "help": _("Add help"),
    "tasks": _("Add a task"), "next": _("Add a way on"), "obstacles": _("Add an obstacle"), "options": _("Add an option"),
    "pictures": _("Add a picture"),
    "buttons": _("Add a button"), "quiz": _("Add a question"), "lessons": _("Add a lesson"),
}  # fmt: skip

#: What the parts of a condition's line are called.
PARTS: dict[str, Any] = {
    "did": _("Fact"), "count": _("How often"), "n": _("times"), "distinct": _("each different"), "within": _("within 7d"),
    "since": _("Since"), "where": _("meal = lunch"), "test": _("Compared"), "value": _("Value"), "trait": _("Trait"),
    "was": _("How it was"), "survey": _("Survey"), "question": _("Question"), "asked": _("How it is"),
    "days_since": _("Since"), "segment": _("Segment"), "reached": _("Milestone"), "sequence": _("Searched, Bought"),
    "account": _("Trait"), "motive": _("Motive"), "lifecycle": _("Stage"), "tier": _("Tier"),
}  # fmt: skip
#: Words of a condition that stand for a choice.
ASKED: dict[str, Any] = {
    "better": _("is better"), "worse": _("is worse"), "unchanged": _("has not changed"), "target": _("is at its target"),
    "value": _("compared with"), "last": _("than last time"), "baseline": _("than at the beginning"),
    "start": _("since the start"), "goal": _("since the goal"), "sent": _("sent"), "failed": _("failed"),
    "bounced": _("bounced"), "opened": _("opened"), "clicked": _("clicked"), "shown": _("shown"),
    "completed": _("finished"), "dismissed": _("closed"), "snoozed": _("put off"), "refused": _("refused for ever"),
    "acted": _("acted on"), "delivered": _("delivered"),
}  # fmt: skip
#: Stages of the lifecycle, and tiers.
RUNGS: dict[str, Any] = {
    "new": _("new"), "activated": _("activated"), "regular": _("regular"), "advanced": _("advanced"),
    "casual": _("casual"), "power": _("power user"),
}  # fmt: skip


def label(name: str, holder: str = "") -> Any:
    return LABELS.get(f"{holder}.{name}") or LABELS.get(name, name.replace("_", " ").capitalize())


def hint(holder: str, name: str) -> Any:
    return HINTS.get(f"{holder}.{name}", HINTS.get(name, ""))
