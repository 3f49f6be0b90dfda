"""Identifiers of C-FIND, C-MOVE and C-GET: the level asked and whether the keys above it are there (PS3.4 C.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.dimse.contexts import PATIENT_ROOT
from app.dimse.datasets import DataSet

QUERY_RETRIEVE_LEVEL = "00080052"
LEVELS = ("PATIENT", "STUDY", "SERIES", "IMAGE")
UNIQUE_KEYS: Mapping[str, str] = MappingProxyType(
    {"PATIENT": "00100020", "STUDY": "0020000D", "SERIES": "0020000E", "IMAGE": "00080018"}
)


class IdentifierMismatch(Exception):
    """The identifier does not fit its SOP class (status A900); `tag` is the attribute at fault."""

    def __init__(self, tag: str, sentence: str) -> None:
        super().__init__(sentence)
        self.tag = int(tag, 16)


@dataclass(frozen=True)
class Identifier:
    """What is asked: the level, and the keys without the level."""

    level: str
    keys: DataSet

    def values(self, level: str) -> list[str]:
        """Of the unique key of a level."""
        value = self.keys.get(UNIQUE_KEYS[level])
        return [] if value is None else value.values


def read_identifier(data_set: DataSet, sop_class_uid: str, *, relational: bool) -> Identifier:
    """Raises IdentifierMismatch when the level is none of the model's, or when, without relational queries having
    been negotiated, a unique key above the level is missing or names more than one.
    """
    value = data_set.get(QUERY_RETRIEVE_LEVEL)
    level = "" if value is None else value.text.upper()
    levels = LEVELS if sop_class_uid in PATIENT_ROOT else LEVELS[1:]
    if level not in levels:
        raise IdentifierMismatch(
            QUERY_RETRIEVE_LEVEL, f"Query/Retrieve Level must be one of {', '.join(levels)}."
        )
    found = Identifier(level, {tag: one for tag, one in data_set.items() if tag != QUERY_RETRIEVE_LEVEL})
    for above in () if relational else levels[: levels.index(level)]:
        values = found.values(above)
        if len(values) != 1 or set("*?") & set(values[0]):
            raise IdentifierMismatch(UNIQUE_KEYS[above], f"One {above.lower()} must be named at this level.")
    return found
