"""Brings the catalogues up to date with the texts in code and templates: `python -m milepost.conf.extract_messages`.

What is new stands untranslated at its place, what is gone is kept as obsolete; nothing that was translated is lost.
There are two: what the team and the visitors of the example read, and what your people read on pieces and in mails.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
TEMPLATES = (".html", ".txt")
#: The folder that holds each catalogue, and where its texts come from.
CATALOGUES: Mapping[str, tuple[str, ...]] = {
    "locale": ("console", "demo"),
    "delivery/locale": ("delivery", "runtime", "client", "help"),
}
SOURCES = CATALOGUES["locale"]
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def extracted(folders: Iterable[str] = SOURCES) -> Catalog:
    """All texts of these folders that are marked for translation."""
    catalogue = Catalog()
    for path, line, text, comments, context in sorted(_texts(folders), key=lambda found: (found[0], found[1])):
        catalogue.add(text, locations=[(path, line)], auto_comments=comments, context=context)
    return catalogue


def _texts(folders: Iterable[str]) -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    for folder in folders:
        for path in sorted((PACKAGE / folder).rglob("*")):
            if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in path.parts):
                name = str(path.relative_to(PACKAGE))
                found = extract("python", BytesIO(_source(path)), KEYWORDS, ("Translators:",))
                for line, text, comments, context in found:
                    yield name, line, text, comments, context


def _source(path: Path) -> bytes:
    """Python as it is; a template turned into calls of gettext, without the indentation that Python would mind."""
    text = path.read_text(encoding="utf-8")
    if path.suffix in TEMPLATES:
        text = re.sub(r"^[ \t]+", "", templatize(text), flags=re.MULTILINE)
    return text.encode()


def update(target: Path, folders: Iterable[str] = SOURCES) -> None:
    locale = target.parent.parent.name
    catalogue = Catalog(
        locale=locale,
        header_comment=f"# Milepost in {locale}.",
        project="Milepost",
        version="1",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        fuzzy=False,
    )
    if target.exists():
        with target.open("rb") as file:
            catalogue = read_po(file, locale=locale)
    catalogue.update(extracted(folders), no_fuzzy_matching=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_po(file, catalogue, width=100, include_lineno=False, sort_by_file=True)


def languages() -> list[str]:
    """Those with a catalogue; English is the language of the texts themselves."""
    return sorted(folder.name for folder in (PACKAGE / "locale").iterdir())


if __name__ == "__main__":
    for language in languages():
        for catalogue_folder, sources in CATALOGUES.items():
            update(PACKAGE / catalogue_folder / language / "LC_MESSAGES/django.po", sources)
