"""A program with a goal and everything that such a one needs, as small as it can be; and one change for each rule."""

STORY = """\
milepost: 1
name: Story
support: {name: Anna, email: anna@example.com}
limits:
  email: {at_most: 4, per: 7d, quiet: "21:00–08:00"}
  in_app: {at_most: 2, per: session}
functions: {diary: [meal, three-days, jeans, day]}
measures:
  weight: {unit: kg, better: down, baseline: {answer: start-weight}, target: {answer: end-weight}, by: {answer: until}}
goals:
  thin: {ask: Lose weight, measure: weight, statement: {answer: words}, milestones: [meal, three-days, jeans]}
  fit: {ask: Get fit, measure: weight, milestones: [meal, jeans]}
milestones:
  meal:
    title: First meal
    reached: {did: Meal Logged}
    first_value: true
    target: 1d
    stage: quick win
    celebrate: {content: hooray}
    obstacles:
      lost: {stuck: {segment: searching}, lacks: ability, help: [{guide: howto}, {article: find}]}
      gone: {stuck: [{days_since: start, gte: 1}, {did: Signed Up}], help: [{message: nudge, as: spark}]}
  three-days:
    title: Three days
    reached: {did: Meal Logged, at_least: 3, distinct: day, within: 7d}
    target: 7d
    stage: habit
    needs: [meal]
    offer: premium
    obstacles: {alone: {stuck: {goal: fit}, accepted: Nothing to be done.}}
  jeans:
    title: Jeans
    kind: outcome
    evidence: {self_report: {survey: weekly, fits: yes-again}, measure: {measure: weight, reached: target}}
    target: 30d
    stage: value
    obstacles: {cake: {locus: outside, stuck: {answered: {survey: weekly, trouble: cake}}, help: [{peers: true}]}}
  day:
    title: A day
    reached: {did: Day Completed}
    repeats: day
    target: 1d
    obstacles: {feast: {stuck: {did: Feast}, accepted: It is a feast.}}
content:
  intake:
    kind: survey
    title: What for?
    when: {did: Signed Up}
    stage: motivation
    questions:
      - {key: goal, ask: What do you want?, kind: goal}
      - {key: words, ask: In your words?, kind: text}
      - {key: start-weight, ask: Weight?, kind: number, at_least: 30, at_most: 300, if: {goal: thin}}
      - {key: end-weight, ask: Until?, kind: number, if: {goal: thin}}
      - {key: until, ask: When?, kind: date, if: {goal: {in: [thin]}}}
  weekly:
    kind: survey
    title: Your week
    every: 7d
    remind: ask-again
    praise: {content: hooray}
    stage: support
    questions:
      - {key: kilos, ask: Weight?, kind: number, measure: weight}
      - {key: trouble, ask: Why?, options: {cake: Cake, time: Time}, if: {kilos: {gte: last}}}
      - {key: fits, ask: Jeans?, options: {yes-again: Yes, no: No}}
      - {key: stars, ask: How do we do?, kind: stars}
  plan: {kind: checklist, from: goal, title: Your plan, stage: setup}
  empty:
    kind: empty state
    on: "#empty"
    title: Nothing yet
    serves: meal
    stage: sign-up
    actions: [{text: Example, use_template: sample}, {text: Begin, start: howto}]
  howto: {kind: guide, serves: meal, stage: education, steps: [{title: Search, on: "#search", advance: {on: input}}]}
  hooray: {kind: celebration, title: Done, body: "{{ goal.statement }} {{ plan.next.title }} {{ measure.weight.last }}"}
  bring: {kind: invite, title: Friends, url: /, serves: three-days, stage: expansion}
messages:
  nudge: {channel: email, purpose: care, count_opens: true, subject: Hi, body: "{{ answers.start-weight }}"}
  ask-again: {channel: email, purpose: care, subject: Hi, body: x}
  tip: {channel: email, purpose: care, subject: Hi, body: x}
articles:
  find: {title: Find it, body: Here., functions: [diary], reviewed_on: 2026-05-01}
journeys:
  first:
    starts: {did: Signed Up}
    ends: {reached: meal}
    steps:
      - wait: {until: {did: Food Searched}, at_most: 1d}
      - if: {message: nudge, was: opened}
        then: [{send: tip}]
        else: [{wait: 1d}, {show: find}]
  late: {starts: {reached: jeans}, ends: {content: bring, was: acted}, re_entry: {after: 30d}, steps: [{show: bring}]}
cadences:
  tips: {starts: {reached: meal}, every: twice a week, series: [tip, find], stops: {reached: jeans}}
offers:
  premium: {title: More, why: It helps., url: /premium, eligible: {trait: plan, is: free}}
templates:
  sample: {title: A day, data: {meals: []}, by_goal: {thin: {meals: [Soup]}}}
segments:
  searching: {did: Food Searched, at_least: 3, within: 1h}
  regulars: [{not: {segment: searching}}, {did: Meal Logged, at_least: 5, within: 7d}]
"""

_SEARCHING = "searching: {did: Food Searched, at_least: 3, within: 1h}"
_STEPS = "      - wait: {until: {did: Food Searched}, at_most: 1d}\n"
_INTAKE = "    when: {did: Signed Up}\n    stage: motivation\n"

#: rule → (what stands in the story, what is put in its place, the path of the problem)
BREAKS: list[tuple[str, str, str, str]] = [
    (
        "unknown-reference",
        "diary: [meal, three-days, jeans",
        "diary: [meal, three-days, jean",
        "functions.diary.milestones[2]",
    ),
    ("unknown-reference", "[meal, three-days, jeans]", "[meal, 3-days, jeans]", "goals.thin.milestones[1]"),
    ("unknown-reference", "Get fit, measure: weight", "Get fit, measure: wait", "goals.fit.measure"),
    ("unknown-reference", "statement: {answer: words}", "statement: {answer: word}", "goals.thin.statement.answer"),
    ("unknown-reference", "target: {answer: end-weight}", "target: {answer: end}", "measures.weight.target.answer"),
    (
        "unknown-reference",
        "{segment: searching}, lacks",
        "{segment: search}, lacks",
        "milestones.meal.obstacles.lost.stuck",
    ),
    ("unknown-reference", "[{guide: howto},", "[{guide: howtoo},", "milestones.meal.obstacles.lost.help[0].guide"),
    ("unknown-reference", "{article: find}", "{article: fund}", "milestones.meal.obstacles.lost.help[1].article"),
    (
        "unknown-reference",
        "{message: nudge, as",
        "{message: nudg, as",
        "milestones.meal.obstacles.gone.help[0].message",
    ),
    ("unknown-reference", "needs: [meal]", "needs: [meel]", "milestones.three-days.needs[0]"),
    ("unknown-reference", "offer: premium", "offer: premum", "milestones.three-days.offer"),
    ("unknown-reference", "{goal: fit}", "{goal: fat}", "milestones.three-days.obstacles.alone.stuck"),
    ("unknown-reference", "{survey: weekly, fits", "{survey: weekl, fits", "milestones.jeans.evidence.self_report"),
    ("unknown-reference", "weekly, fits: yes", "weekly, fit: yes", "milestones.jeans.evidence.self_report.fit"),
    ("unknown-reference", "{measure: weight, reached", "{measure: wait, reached", "milestones.jeans.evidence.measure"),
    (
        "unknown-reference",
        "weekly, trouble: cake",
        "weekly, troubl: cake",
        "milestones.jeans.obstacles.cake.stuck.answered.troubl",
    ),
    ("unknown-reference", "remind: ask-again", "remind: ask-agin", "content.weekly.remind"),
    ("unknown-reference", "praise: {content: hooray}", "praise: {content: hoorai}", "content.weekly.praise.content"),
    (
        "unknown-reference",
        "kind: number, measure: weight",
        "kind: number, measure: wait",
        "content.weekly.questions[0].measure",
    ),
    ("unknown-reference", "if: {kilos: {gte: last}}", "if: {kilo: {gte: last}}", "content.weekly.questions[1].if.kilo"),
    ("unknown-reference", "use_template: sample", "use_template: sampel", "content.empty.actions[0].use_template"),
    ("unknown-reference", "text: Begin, start: howto", "text: Begin, start: how", "content.empty.actions[1].start"),
    ("unknown-reference", "functions: [diary]", "functions: [dairy]", "articles.find.functions[0]"),
    ("unknown-reference", "then: [{send: tip}]", "then: [{send: tipp}]", "journeys.first.steps[1].then[0].send"),
    ("unknown-reference", "{show: find}", "{show: fnd}", "journeys.first.steps[1].else[1].show"),
    ("unknown-reference", "{message: nudge, was", "{message: nuge, was", "journeys.first.steps[1].if"),
    ("unknown-reference", "{content: bring, was", "{content: brng, was", "journeys.late.ends"),
    ("unknown-reference", "series: [tip, find]", "series: [tip, fnd]", "cadences.tips.series[1]"),
    ("unknown-reference", "by_goal: {thin:", "by_goal: {thn:", "templates.sample.by_goal.thn"),
    ("wrong-kind", "guide: howto", "guide: hooray", "milestones.meal.obstacles.lost.help[0].guide"),
    ("wrong-kind", "start: howto", "start: hooray", "content.empty.actions[1].start"),
    ("wrong-kind", "praise: {content: hooray}", "praise: {content: howto}", "content.weekly.praise.content"),
    ("key-form", "key: stars", "key: Stars!", "content.weekly.questions[3].key"),
    ("key-taken", "key: stars", "key: words", "content.weekly.questions[3].key"),
    ("key-taken", "segments:\n", "segments:\n  tips: {did: X}\n", "segments.tips"),
    ("segment-cycle", _SEARCHING, "searching: {segment: searching}", "segments.searching"),
    ("segment-cycle", _SEARCHING, "searching: [{did: X}, {segment: regulars}]", "segments.regulars"),
    (
        "milestone-cycle",
        "{did: Meal Logged}\n    first",
        "[{did: A}, {reached: three-days}]\n    first",
        "milestones.meal.reached",
    ),
    ("exactly-one", "[{peers: true}]", "[{peers: true, ask_support: true}]", "milestones.jeans.obstacles.cake.help[0]"),
    ("exactly-one", "[{peers: true}]", "[{as: spark}]", "milestones.jeans.obstacles.cake.help[0]"),
    ("exactly-one", "Begin, start: howto", "Begin, start: howto, url: /", "content.empty.actions[1]"),
    ("exactly-one", "checklist, from: goal", "checklist, from: goal, items: [meal]", "content.plan"),
    ("exactly-one", "re_entry: {after: 30d}", "re_entry: {after: 30d, once_per: x}", "journeys.late.re_entry"),
    ("unreachable-milestone", "    reached: {did: Day Completed}\n    repeats: day\n", "", "milestones.day"),
    (
        "unreachable-milestone",
        "reached: {did: Day Completed}",
        "reached: {segment: regulars}",
        "milestones.day.repeats",
    ),
    ("key-taken", "key: stars, ask", "key: trouble, ask", "content.weekly.questions[3].key"),
    (
        "question-form",
        "title: Your week",
        "title: Your week\n    leaving: {reason: trouble, competitor: whom}",
        "content.weekly.leaving.competitor",
    ),
    ("question-form", "title: Your week", "title: Your week\n    levels: {new: 0}", "content.weekly.levels"),
    (
        "question-form",
        "options: {yes-again: Yes, no: No}",
        "options: {yes-again: Yes, no: No}, when: {reached: meal}",
        "content.weekly.questions[2].when",
    ),
    (
        "question-form",
        "    every: 7d\n    remind: ask-again\n    praise: {content: hooray}\n",
        "    one_at_a_time: 7d\n",
        "content.weekly.one_at_a_time",
    ),
    (
        "question-form",
        "title: Your week",
        "title: Your week\n    when: {reached: meal}\n    one_at_a_time: 7d",
        "content.weekly.every",
    ),
    (
        "question-form",
        "    every: 7d\n    remind: ask-again\n    praise: {content: hooray}\n",
        "    when: {reached: meal}\n    one_at_a_time: 1h\n",
        "content.weekly.one_at_a_time",
    ),
    (
        "question-form",
        "options: {yes-again: Yes, no: No}",
        "options: {yes-again: Yes, no: No}, points: {yes: 1}",
        "content.weekly.questions[2].points.yes",
    ),
    ("question-form", "options: {yes-again: Yes, no: No}", "kind: multi", "content.weekly.questions[2]"),
    ("question-form", "kind: stars", "kind: stars, options: {a: A}", "content.weekly.questions[3].options"),
    ("question-form", "kind: number, measure", "kind: text, measure", "content.weekly.questions[0].measure"),
    ("question-form", "kind: stars", "kind: picture, options: {a: A}", "content.weekly.questions[3].pictures"),
    (
        "question-form",
        "kind: stars",
        "kind: picture, options: {a: A}, pictures: {a: {image: 'javascript:1'}}",
        "content.weekly.questions[3].pictures.a.image",
    ),
    ("question-form", "key: fits, ask: Jeans?", "key: fits, ask: Jeans?, least: No", "content.weekly.questions[2]"),
    (
        "question-form",
        "if: {kilos: {gte: last}}",
        "together: true, if: {kilos: {gte: last}}",
        "content.weekly.questions[1].if.kilos",
    ),
    ("question-form", "at_least: 30, at_most: 300", "at_least: 30, at_most: 3", "content.intake.questions[2].at_least"),
    ("question-form", "if: {kilos: {gte: last}}", "if: {stars: {gte: 3}}", "content.weekly.questions[1].if.stars"),
    (
        "question-form",
        "if: {kilos: {gte: last}}",
        "if: {end-weight: {gte: 3}}",
        "content.weekly.questions[1].if.end-weight",
    ),
    (
        "question-form",
        "kind: number, if: {goal: thin}}",
        "kind: number, if: {start-weight: {gte: last}}}",
        "content.intake.questions[3].if.start-weight",
    ),
    ("unknown-answer", "fits: yes-again}", "fits: yes}", "milestones.jeans.evidence.self_report"),
    (
        "unknown-answer",
        "kind: number, if: {goal: thin}}",
        "kind: number, if: {goal: thn}}",
        "content.intake.questions[3].if.goal",
    ),
    ("unknown-answer", "{in: [thin]}", "{in: [thin, thick]}", "content.intake.questions[4].if.goal"),
    (
        "which-question",
        "{survey: weekly, trouble: cake}",
        "{survey: weekly, gte: 3}",
        "milestones.jeans.obstacles.cake.stuck",
    ),
    ("measure-form", "ask: When?, kind: date", "ask: When?, kind: text", "measures.weight.by"),
    ("time-form", "every: twice a week", 'every: daily, at: "25:00"', "cadences.tips.at"),
    ("time-form", "reviewed_on: 2026-05-01", "reviewed_on: May", "articles.find.reviewed_on"),
    ("endless-wait", ", at_most: 1d}", "}", "journeys.first.steps[0].wait"),
    ("endless-wait", "{wait: 1d}", "{wait: {at_most: 1d}}", "journeys.first.steps[1].else[0].wait"),
    ("endless-wait", "{wait: 1d}", "{wait: {for: 1d, at_most: 1d}}", "journeys.first.steps[1].else[0].wait"),
    ("empty-flow", "steps: [{show: bring}]", "steps: [{show: bring}, {if: {did: X}}]", "journeys.late.steps[1]"),
    ("empty-flow", "series: [tip, find]", "series: []", "cadences.tips.series"),
    (
        "unreachable-step",
        _STEPS,
        f"{_STEPS}      - {{if: {{reached: meal}}, then: [{{send: tip}}]}}\n",
        "journeys.first.steps[1].then",
    ),
    ("unreachable-step", "ends: {reached: meal}", "ends: {did: Signed Up}", "journeys.first.ends"),
    (
        "unreachable-step",
        "[{send: tip}]",
        "[{if: {message: nudge, was: opened}, else: [{send: tip}]}, {send: tip}]",
        "journeys.first.steps[1].then[0].else",
    ),
    (
        "no-thanks",
        "    steps:\n      - wait: {until",
        "    steps:\n      - send: tip\n      - wait: {until",
        "messages.tip.body",
    ),
    ("limit-form", "limits:\n", "limits:\n  total: {at_most: 3}\n", "limits.total"),
    ("opens-not-counted", "count_opens: true, ", "", "journeys.first.steps[1].if"),
    ("unsafe-link", "url: /premium", "url: 'javascript:x'", "offers.premium.url"),
    ("unsafe-link", "url: /, serves", "url: //evil.example, serves", "content.bring.url"),
    (
        "unbounded",
        "measure: {measure: weight, reached: target}",
        "imported: {not: {did: X}}",
        "milestones.jeans.evidence.imported.not",
    ),
    ("missing-text", "ask: Get fit", "ask: {ru: Форма}", "goals.fit.ask"),
    (
        "missing-text",
        "options: {cake: Cake,",
        "options: {cake: {ru: Торт},",
        "content.weekly.questions[1].options.cake",
    ),
    ("unknown-variable", "{{ answers.start-weight }}", "{{ answers.weight }}", "messages.nudge.body"),
    ("unknown-variable", "{{ plan.next.title }}", "{{ plan.next.name }}", "content.hooray.body"),
    ("unknown-variable", "{{ measure.weight.last }}", "{{ measure.height.last }}", "content.hooray.body"),
    ("unknown-variable", "{{ goal.statement }}", "{{ goal.wish }}", "content.hooray.body"),
    ("goal-first", _INTAKE, "    stage: motivation\n    every: 3d\n", "goals"),
    (
        "goal-first",
        "      - {key: goal, ask: What do you want?, kind: goal}\n      - {key: words, ask: In your words?, kind: text}\n",
        "      - {key: words, ask: In your words?, kind: text}\n      - {key: goal, ask: What do you want?, kind: goal}\n",
        "content.intake.questions[1]",
    ),
    (
        "no-outcome",
        "fit, measure: weight, milestones: [meal, jeans]",
        "fit, measure: weight, milestones: [meal]",
        "goals.fit",
    ),
    ("no-baseline", "Get fit, measure: weight", "Get fit", "goals.fit"),
    ("no-baseline", "baseline: {answer: start-weight}, ", "", "measures.weight"),
    ("no-success-event", "    ends: {reached: meal}\n", "", "journeys.first"),
    ("no-success-event", ", stops: {reached: jeans}", "", "cadences.tips"),
    ("no-obstacle", "    obstacles: {feast: {stuck: {did: Feast}, accepted: It is a feast.}}\n", "", "milestones.day"),
    ("no-help", ", accepted: It is a feast.", "", "milestones.day.obstacles.feast"),
    ("missing-stage", ", stage: education", "", ""),
    ("missing-stage", "    stage: habit\n", "", "milestones.three-days"),
    ("no-feedback", "kind: stars", "kind: text", ""),
    ("same-for-everybody", "[meal, three-days, jeans]", "[meal, jeans]", "goals.fit"),
    (
        "calendar-only",
        "    starts: {did: Signed Up}",
        "    starts: {days_since: start, gte: 3}",
        "journeys.first.starts",
    ),
    (
        "calendar-only",
        "tips: {starts: {reached: meal}",
        "tips: {starts: {not: {did: X, within: 3d}}",
        "cadences.tips.starts",
    ),
    ("idle-function", "jeans, day]}", "jeans, day], idle: []}", "functions.idle"),
    ("unserved-milestone", "jeans, day]}", "jeans]}", "milestones.day"),
    ("unexplained-function", "jeans, day]}", "jeans, day], export: [day]}", "functions.export"),
    ("never-used", "    offer: premium\n", "", "offers.premium"),
    ("never-used", "{show: bring}", "{show: find}", "content.bring"),
    ("never-used", "{text: Example, use_template: sample}, ", "", "templates.sample"),
]

_MANY = "".join(f"      - {{key: more-{number}, ask: What else?, kind: text}}\n" for number in range(6))
_SETUP = """content:
  setup:
    kind: survey
    title: Set it up
    when: {did: Signed Up}
    serves: meal
    page: {url: /setup}
    questions: [{key: team, ask: Who?, kind: text}]
"""
#: The same for what takes more than one change: (rule, [(what stands there, what is put there)], path).
BREAKS_TOGETHER: list[tuple[str, list[tuple[str, str]], str]] = [
    (
        "milestone-cycle",
        [
            ("{did: Meal Logged, at_least: 3, distinct: day, within: 7d}", "{segment: late-ones}"),
            ("segments:\n", "segments:\n  late-ones: {reached: three-days}\n"),
        ],
        "milestones.three-days.reached",
    ),
    (
        "milestone-cycle",
        [
            ("name: Story", "name: Story\nstart: {did: A, since: milestone:day}"),
            ("{did: Day Completed}", "{did: B, since: start}"),
            ("when: {did: Signed Up}", "when: {did: A, since: milestone:day}"),
        ],
        "start",
    ),
    (
        "nothing-beyond",
        [("    stage: habit\n", "    stage: value\n"), (", stage: expansion", "")],
        "",
    ),
    (
        "several-at-once",
        [("url: /, serves: three-days", "url: /, serves: three-days, when: {did: Signed Up}")],
        "content.bring.when",
    ),
    (
        "repeated-question",
        [
            ("content:\n", _SETUP.replace("key: team, ask: Who?", "key: weight-now, ask: Weight?")),
            ("    when: {did: Signed Up}\n    serves", "    when: {did: X}\n    serves"),
        ],
        "content.intake.questions[2]",
    ),
    ("goal-first", [("content:\n", _SETUP)], "content.setup"),
    ("early-offer", [("{article: find}]", "{offer: premium}]")], "milestones.meal.obstacles.lost.help"),
    (
        "early-offer",
        [("[meal, three-days, jeans]", "[three-days, meal, jeans]"), ("    needs: [meal]\n", "")],
        "milestones.three-days.offer",
    ),
    ("long-survey", [("      - {key: until, ask", f"{_MANY}      - {{key: until, ask")], "content.intake.questions"),
    ("nothing-later", [("every: 7d", "when: {reached: meal}"), ("target: 30d", "target: 3d")], ""),
]
