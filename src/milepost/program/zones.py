"""Whether the program's time zone exists, by the tables that are installed."""

from collections.abc import Iterator
from zoneinfo import available_timezones

from milepost.core.program.problems import did_you_mean
from milepost.core.review.rule import Found, Review, Rule


def unknown_zone(review: Review) -> Iterator[Found]:
    zone = review.document.timezone
    if zone not in (known := available_timezones()):
        near = [name for name in known if zone and zone.split("/")[-1].lower() in name.lower()]
        yield Found(
            ("timezone",), f"There is no time zone '{zone}'.", did_you_mean(zone, near or ["UTC", "Europe/Berlin"])
        )


RULES = (
    Rule(
        id="timezone",
        level="error",
        why="Days, streaks and quiet hours need a zone that exists.",
        mend="Write a name such as Europe/Sofia.",
        find=unknown_zone,
    ),
)
