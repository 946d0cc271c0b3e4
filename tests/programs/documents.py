"""One workspace: what users get, what customers get, what newcomers in a team get, and what is common to all of them."""

COMMON = """\
milepost: 1
name: Common
common: true
locales: {default: en}
support: {name: Anna, email: anna@example.com}
limits:
  email: {at_most: 3, per: 7d, quiet: "21:00–08:00"}
  in_app: {at_most: 2, per: session}
segments:
  on-pro: {account: plan, is: pro}
"""

USER = """\
milepost: 1
name: Product
for: user
milestones:
  first-meal:
    title: First meal
    first_value: true
    target: 1d
    reached: {did: Meal Logged, since: start}
  trainers-are-in:
    title: Our trainers are in
    reached: {reached: trainers}
messages:
  pro-tips: {channel: email, purpose: care, subject: Pro, body: Tips for pro., when: {account: plan, is: pro}}
"""

CUSTOMER = """\
milepost: 1
name: Accounts
for: customer
milestones:
  trainers:
    title: Three trainers added
    first_value: true
    reached: {did: Trainer Added, at_least: 3, since: start}
    celebrate: {message: trainers-are-there, owner: true}
  paid-up:
    title: On the pro plan
    reached: {trait: plan, is: pro}
messages:
  trainers-are-there: {channel: email, purpose: care, subject: Done, body: "{{ event.account_name }} is ready."}
  walk: {channel: email, purpose: service, subject: The way through, body: Let us show you.}
  training-1: {channel: email, purpose: service, subject: Training 1, body: First.}
  training-2: {channel: email, purpose: service, subject: Training 2, body: Second.}
  kick-off: {channel: email, purpose: service, subject: Kick-off, body: Welcome.}
  care: {channel: email, purpose: service, subject: How are you?, body: A year on.}
content:
  walkthrough:
    kind: guide
    steps: [{title: Here, on: "#x"}]
journeys:
  enrolment:
    starts: {any: [{did: Subscription Started}, {did: Contract Signed}]}
    steps:
      - send: kick-off
      - if: {not: {account: had_trial, is: true}}
        then:
          - show: walkthrough
          - send: walk
          - wait: 2d
          - send: training-1
          - wait: 7d
          - send: training-2
      - wait: 360d
      - send: care
"""

EMPLOYEE = """\
milepost: 1
name: New hires
for: employee
milestones:
  desk:
    title: Desk set up
    first_value: true
    target: 2d
    reached: {did: Desk Set Up, since: start}
messages:
  first-day:
    channel: email
    purpose: care
    subject: Welcome
    body: Your buddy is {{ person.traits.buddy }}, your manager {{ person.traits.manager }}.
    when: {days_since: start, gte: 0}
"""

ALL = "---\n".join((COMMON, USER, CUSTOMER, EMPLOYEE))
