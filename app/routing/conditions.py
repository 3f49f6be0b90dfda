"""Which studies a rule meets: pure comparisons, the same for a rule at work and for one being tried."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from app.archive.names import fold


@dataclass(frozen=True)
class StudyFacts:
    """What a rule looks at."""

    study_id: str
    device_id: str | None
    modalities: frozenset[str]
    texts: tuple[str, ...]  # descriptions of the study and its series, body parts


@dataclass(frozen=True)
class Conditions:
    """Empty ones ask for nothing."""

    device_id: str | None = None
    modality: str = ""  # one or several, separated by spaces: any of them
    description: str = ""  # words, each of which must be there; * and ? stand for letters

    def meet(self, study: StudyFacts) -> bool:
        """Without accents and in any order of words."""
        if self.device_id and self.device_id != study.device_id:
            return False
        wanted = frozenset(self.modality.upper().replace(",", " ").split())
        if wanted and not wanted & study.modalities:
            return False
        found = set(_words(study.texts))
        return all(
            any(fnmatchcase(word, pattern) for word in found) for pattern in fold(self.description).split()
        )


def _words(texts: Iterable[str]) -> Iterable[str]:
    """Also without the signs around and within them: "SO-NAO" has "so-nao", "so" and "nao"."""
    for text in texts:
        for word in fold(text).split():
            yield word
            yield from "".join(letter if letter.isalnum() else " " for letter in word).split()
