"""What helps with a milestone."""

from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Course, Guide, Invite, Survey


def help_with(document: Document, milestone: str) -> str | None:
    """The piece that leads to this milestone: a guide first, then a survey, a course, an invitation."""
    for kind in (Guide, Survey, Course, Invite):
        for key, content in document.content.items():
            if isinstance(content, kind) and content.serves == milestone:
                return key
    return None
