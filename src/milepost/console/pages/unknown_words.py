"""Why a number is not known, in the reader's language: the reasons that the insights give, and the areas of the audit."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from milepost.core.values import Undefined

#: As the insights say them. A reason that is not here is said in English.
REASONS = (
    gettext_noop("everybody did it"),
    gettext_noop("it is the first step"),
    gettext_noop("it leads to no milestone"),
    gettext_noop("it was sent to nobody"),
    gettext_noop("it was shown to nobody"),
    gettext_noop("no account has begun in this time"),
    gettext_noop("no fact says that it was used"),
    gettext_noop("no milestone is marked `first_value`"),
    gettext_noop("nobody answered"),
    gettext_noop("nobody began it"),
    gettext_noop("nobody began so long before"),
    gettext_noop("nobody began"),
    gettext_noop("nobody came from the step before"),
    gettext_noop("nobody came through the whole sequence"),
    gettext_noop("nobody came to here"),
    gettext_noop("nobody came to the milestone before"),
    gettext_noop("nobody came to the step before"),
    gettext_noop("nobody did anything"),
    gettext_noop("nobody finished it so long ago"),
    gettext_noop("nobody got it in this way"),
    gettext_noop("nobody got such help"),
    gettext_noop("nobody had pressed for it"),
    gettext_noop("nobody has arrived"),
    gettext_noop("nobody has begun"),
    gettext_noop("nobody is on this path"),
    gettext_noop("nobody joined"),
    gettext_noop("nobody paid for the first time so long before"),
    gettext_noop("nobody searched"),
    gettext_noop("nobody sent it"),
    gettext_noop("nobody started in this time"),
    gettext_noop("nobody used it"),
    gettext_noop("nobody was active in the 30 days before"),
    gettext_noop("nobody was helped"),
    gettext_noop("nobody was stuck on what peers help with"),
    gettext_noop("nobody was stuck"),
    gettext_noop("nobody who started in this time has reached it"),
    gettext_noop("nobody whose program is over has reached a milestone"),
    gettext_noop("nobody whose program is over has reached it"),
    gettext_noop("nobody's first session is over"),
    gettext_noop("nobody's trial is over yet"),
    gettext_noop("not over yet"),
    gettext_noop("not reached yet by enough people"),
    gettext_noop("the offer does not say what takes it"),
    gettext_noop("the program declares no facts as engagement"),
    gettext_noop("there are not two groups to compare"),
    gettext_noop("too few have arrived to compare"),
)
AREAS = (
    gettext_noop("It can be carried out"),
    gettext_noop("The goal comes first"),
    gettext_noop("Success is measured"),
    gettext_noop("Everything serves a milestone"),
    gettext_noop("Obstacles are known and answered"),
    gettext_noop("There is guidance at every step"),
    gettext_noop("It fits the person"),
    gettext_noop("It is not too much"),
    gettext_noop("It is easy to read"),
    gettext_noop("It goes on"),
    gettext_noop("Somebody is responsible"),
)

_SHARE = re.compile(r"not reached yet by (\d+%)")


def why_unknown(value: Undefined) -> str:
    if found := _SHARE.fullmatch(value.reason):
        return _("not reached yet by %(share)s") % {"share": found[1]}
    return _(value.reason) if value.reason else ""
