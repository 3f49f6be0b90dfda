"""Vietnamese and English from one gettext catalogue.

The English sentence is the key. The catalogue is the folder translations/vi: one fragment for each part of the
house, merged at start; viewer_js builds its messages from the same files. Placeholders are `{named}`.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel.messages.pofile import read_po

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
FOLDER = Path(__file__).parent / "translations"


@cache
def catalogue_for(language: Language) -> dict[str, str]:
    """English sentence to sentence. Empty for English, whose keys are the sentences."""
    found: dict[str, str] = {}
    for file in sorted((FOLDER / language).glob("*.po")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if message.id and isinstance(message.id, str) and message.string:
                    found[message.id] = str(message.string)
    return found


def translate(language: Language, message: str, **params: Any) -> str:
    """The sentence in that language, placeholders filled; the English one when no translation is there."""
    sentence = catalogue_for(language).get(message, message)
    return sentence.format_map(params) if params else sentence


def ntranslate(language: Language, one: str, many: str, count: int) -> str:
    """A counted sentence. English has two forms; the catalogue's key is the plural, Vietnamese has one form."""
    return translate(language, one if language == "en" and count == 1 else many, count=count)
