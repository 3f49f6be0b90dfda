"""Names of people: shown as they are written, found without accents, in any order of words."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_STROKES = str.maketrans(
    {"đ": "d", "Đ": "D", "\u00d0": "D", "\u00f0": "d", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O"}
)
MAX_WORD = 64
MAX_WORDS = 24
MAX_FOLDED = 400


def fold(text: str) -> str:
    """Lower case without accents: "Đặng Thị Hường" and "DANG THI HUONG" become the same."""
    plain = unicodedata.normalize("NFD", text.translate(_STROKES))
    return "".join(letter for letter in plain.casefold() if not unicodedata.combining(letter))


@lru_cache(maxsize=256)  # every image of a study asks for the same
def words(text: str) -> tuple[str, ...]:
    """The folded words of a name, each once, in order: what is stored and what a search compares."""
    found = dict.fromkeys(word[:MAX_WORD] for word in _WORD.findall(fold(text)))
    return tuple(found)[:MAX_WORDS]


def folded(name: str) -> str:
    """A name as it is compared: the folded words of each component group (PS3.5 6.2.1.1), "=" between the groups.
    Caret and space are the same, because machines disagree on where a Vietnamese name is cut.
    """
    groups = [" ".join(_WORD.findall(fold(group))) for group in name.split("=")]
    return "=".join(dict.fromkeys(group for group in groups if group))[:MAX_FOLDED]


def display(name: str) -> str:
    """A Person Name (PS3.5 6.2.1.2) for the eye: components in their order, the first group that says anything;
    ideographic writing behind it in brackets.
    """
    groups = [
        " ".join(part.strip() for part in group.split("^") if part.strip()) for group in name.split("=")
    ]
    written = [group for group in groups[:2] if group]
    if len(written) == 2:
        return f"{written[0]} ({written[1]})"
    return written[0] if written else next((group for group in groups if group), "")
