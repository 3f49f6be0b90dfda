"""Where a search begins: the few patients or studies that one of its keys leads to, or none.

Databases guess what is rare. Here it is looked up: an index counts, as far as it takes to know. What leads to few is
found first and sorted then; what leads to many is looked for along the order of date, where the first page is near.
A lead only leaves out what cannot match; one by name has looked at whole names, which are not looked at again.
"""

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import Select, func, literal_column, select

from app.archive import names
from app.archive.attributes import Attribute
from app.archive.conditions import EVERYTHING, Binds, Condition, among, both, either, equal, first_column
from app.archive.matching import (
    Asked,
    any_uid,
    begins,
    name_matches,
    name_pattern,
    on_days,
    uid_list,
    values_of,
    words_match,
)
from app.archive.models import Instance, NameWord, Patient, PatientNameWord, Series, Study
from app.base.db import Tx

Keys: TypeAlias = Mapping[Attribute, Asked]
FEW = 1200
_LOOKED_THROUGH = 20_000
_MOST_WORDS = 300
_MOST_GROUPS = 20
_NARROW = 1000
_COUNTS_LAST_SECONDS = 60.0
_FRAGMENT = re.compile(r"[^*? =]+")
_PATIENT, _STUDY, _OF_SERIES = select(Patient.id), select(Study.id), select(Series.study_id)
_OF_INSTANCE = _OF_SERIES.join(Instance, Instance.series_id == Series.id)
_OF_WORD, _WORD_ITSELF = select(PatientNameWord.patient_id), select(NameWord.word)


@dataclass(frozen=True)
class Lead:
    """Patients or studies, of which all that match are among; or, where these are many, the groups of modalities
    (values of the column) that one hospital's studies of them have.
    """

    patients: frozenset[str] = frozenset()
    studies: frozenset[str] = frozenset()
    modalities: tuple[str, ...] = ()
    by_name: bool = False  # the patients have been matched by their whole names

    @cached_property
    def condition(self) -> Condition:
        """On Study; by ids, so that the database has nothing to guess."""
        if self.patients and self.studies:
            return either(among(Study.patient_id, self.patients), among(Study.id, self.studies))
        if self.patients:
            return among(Study.patient_id, self.patients)
        if self.modalities:
            return among(Study.modalities, self.modalities)
        return among(Study.id, self.studies)


def lead(tx: Tx, keys: Keys, *, fuzzy: bool, hospital_id: str | None) -> Lead | None:
    """The narrowest beginning, cheapest looked up first; None when the order of date is the way."""
    asked = {attribute.keyword: (attribute, value) for attribute, value in keys.items() if values_of(value)}
    for keyword, look in _BY_NUMBER.items():
        if keyword in asked:
            attribute, value = asked[keyword]
            found = look(tx, attribute, values_of(value))
            if found is not None:
                return found
    if "StudyDate" in asked and _few_days(tx, values_of(asked["StudyDate"][1]), hospital_id):
        return None
    if "PatientName" in asked:
        patients = named(tx, values_of(asked["PatientName"][1]), fuzzy=fuzzy)
        if patients is not None:
            return Lead(patients=patients, by_name=True)
    for keyword in ("ModalitiesInStudy", "Modality"):
        if keyword in asked and hospital_id is not None:
            return of_modalities(tx, values_of(asked[keyword][1]), hospital_id)
    return None


def text_lead(tx: Tx, words: Sequence[str], prefixes: Iterable[str]) -> Lead | None:
    """Of the page's one field: a name, or the beginning of a patient's number or of an accession number."""
    beginnings = list(prefixes)
    by_number = _ids(tx, _PATIENT, either(*(begins(Patient.patient_id, one) for one in beginnings)))
    by_order = _ids(tx, _STUDY, either(*(begins(Study.accession_number, one) for one in beginnings)))
    by_name = named(tx, [" ".join(words)], fuzzy=True) if words else frozenset[str]()
    if by_number is None or by_order is None or by_name is None:
        return None
    return Lead(by_name | by_number, by_order)


def _ids(tx: Tx, query: Select[str], wanted: Condition) -> frozenset[str] | None:
    """None when there are more than few."""
    found: frozenset[str] = frozenset(_limited(tx, query, wanted, FEW + 1))
    return found if len(found) <= FEW else None


def _limited(tx: Tx, query: Select[str], wanted: Condition, limit: int) -> list[str]:
    """The first column of at most so many rows."""

    def make(binds: Binds) -> Select[Any]:
        return query.where(wanted.make(binds)).limit(binds.next())

    shape = ("limited", query, wanted.shape)
    return first_column(tx, shape, (*wanted.values, limit), make)


def _counted(tx: Tx, column: Any, wanted: Condition, most: int) -> int:
    """How many rows there are, at most so many and one."""

    def make(binds: Binds) -> Select[Any]:
        found: Select[Any] = select(literal_column("1")).select_from(column.class_).where(wanted.make(binds))
        return select(func.count()).select_from(found.limit(binds.next()).subquery())

    (count,) = first_column(tx, ("counted", column, wanted.shape), (*wanted.values, most + 1), make)
    return int(count)


def _study_uids(tx: Tx, attribute: Attribute, values: Sequence[str]) -> Lead | None:
    return _studies(tx, _STUDY, any_uid(Study.study_instance_uid, _uids(attribute, values)))


def _series_uids(tx: Tx, attribute: Attribute, values: Sequence[str]) -> Lead | None:
    return _studies(tx, _OF_SERIES, any_uid(Series.series_instance_uid, _uids(attribute, values)))


def _instance_uids(tx: Tx, attribute: Attribute, values: Sequence[str]) -> Lead | None:
    return _studies(tx, _OF_INSTANCE, any_uid(Instance.sop_instance_uid, _uids(attribute, values)))


def _uids(attribute: Attribute, values: Sequence[str]) -> list[str]:
    return [uid for value in values for uid in uid_list(attribute, value)]


def _studies(tx: Tx, query: Select[str], wanted: Condition) -> Lead | None:
    found = _ids(tx, query, wanted)
    return None if found is None else Lead(studies=found)


def _accession_numbers(tx: Tx, _attribute: Attribute, values: Sequence[str]) -> Lead | None:
    known = _coded(Study.accession_number, values)
    return None if known is None else _studies(tx, _STUDY, known)


def _patient_ids(tx: Tx, _attribute: Attribute, values: Sequence[str]) -> Lead | None:
    known = _coded(Patient.patient_id, values)
    found = None if known is None else _ids(tx, _PATIENT, known)
    return None if found is None else Lead(patients=found)


def _coded(column: Any, values: Sequence[str]) -> Condition | None:
    """By the index: values as they are, or by what stands before the first wildcard."""
    known = []
    for value in values:
        prefix = re.split(r"[*?]", value)[0]
        if not prefix:
            return None
        known.append(equal(column, value) if prefix == value else begins(column, prefix))
    return either(*known)


_BY_NUMBER = {
    "StudyInstanceUID": _study_uids,
    "SeriesInstanceUID": _series_uids,
    "SOPInstanceUID": _instance_uids,
    "AccessionNumber": _accession_numbers,
    "PatientID": _patient_ids,
}


def _few_days(tx: Tx, values: Sequence[str], hospital_id: str | None) -> bool:
    """Whether so few studies are of these days that they are looked through one by one."""
    first, dash, last = values[0].partition("-")
    last = last if dash else first
    if len(values) > 1 or not last:
        return False
    of_hospital = [equal(Study.hospital_id, hospital_id)] if hospital_id is not None else []
    return (
        _counted(tx, Study.id, both(*of_hospital, on_days(Study.study_date, first, last)), _NARROW) <= _NARROW
    )


def named(tx: Tx, values: Sequence[str], *, fuzzy: bool) -> frozenset[str] | None:
    """The patients whose names match one of these, or None when they are many."""
    found = [_named(tx, value, fuzzy=fuzzy) for value in values]
    if any(one is None for one in found):
        return None
    every = frozenset[str]().union(*(one for one in found if one is not None))
    return every if len(every) <= FEW else None


def _named(tx: Tx, value: str, *, fuzzy: bool) -> frozenset[str] | None:
    """By the rarest of its words, beside which the whole name stands."""
    words = list(_words_asked(tx, value, fuzzy=fuzzy))
    if not words:
        return None
    counts = [_count(tx, word) for word in words] if len(words) > 1 else [_count(tx, words[0])]
    rarest = min(counts)
    if rarest > (FEW if len(words) == 1 else _LOOKED_THROUGH):
        return None
    chosen = counts.index(rarest)
    if fuzzy:  # the index has found this one
        others = [word for at, word in enumerate(names.words(value)) if at != chosen]
        beside = words_match(PatientNameWord.folded_name, others) if others else EVERYTHING
    else:
        beside = name_matches(PatientNameWord.folded_name, value, fuzzy=False)
    return _ids(tx, _OF_WORD, both(words[chosen].condition, beside))


@dataclass(frozen=True)
class _Word:
    """What is known of one word of the name."""

    text: str  # for remembering how many there are
    condition: Condition


def _words_asked(tx: Tx, value: str, *, fuzzy: bool) -> Iterator[_Word]:
    column = PatientNameWord.word
    if fuzzy:
        for word in names.words(value):
            yield _Word(f"{word}*", begins(column, word))
        return
    for group in value.split("="):
        pattern = name_pattern(group)
        for found in _FRAGMENT.finditer(pattern):
            before = pattern[found.start() - 1 : found.start()] in {"*", "?"}
            behind = pattern[found.end() : found.end() + 1] in {"*", "?"}
            part = found[0][: names.MAX_WORD]
            if before:
                inside = _having(tx, part, open_end=behind)
                if inside is not None:
                    yield _Word(f"*{part}{'*' * behind}", among(column, inside))
            else:
                yield _Word(f"{part}{'*' * behind}", begins(column, part) if behind else equal(column, part))


def _having(tx: Tx, part: str, *, open_end: bool) -> list[str] | None:
    """The words that have this part in them, or at their end; None when they are many."""
    like = Condition(
        "part of a word", (f"%{part}{'%' * open_end}",), lambda binds: NameWord.word.like(binds.next())
    )
    found = _limited(tx, _WORD_ITSELF, like, _MOST_WORDS + 1)
    return found if len(found) <= _MOST_WORDS else None


_counts: dict[tuple[Any, str], tuple[float, int]] = {}


def _count(tx: Tx, word: _Word) -> int:
    """How many names have the word, at most a few more than are looked through; a minute old at most: it only
    chooses the way.
    """
    key = (tx.session.get_bind().engine.url, word.text)
    known = _counts.get(key)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    if len(_counts) > 5000:
        _counts.clear()
    count = _counted(tx, PatientNameWord.word, word.condition, _LOOKED_THROUGH)
    _counts[key] = (time.monotonic() + _COUNTS_LAST_SECONDS, count)
    return count


def of_modalities(tx: Tx, values: Sequence[str], hospital_id: str) -> Lead | None:
    wanted = [one.strip().upper() for value in values for one in value.split(",") if one.strip()]
    if any("*" in one or "?" in one for one in wanted):
        return None
    groups = _groups_of_modalities(tx, hospital_id)
    meant = tuple(group for group in groups if any(f"\\{one}\\" in group for one in wanted))
    return Lead(modalities=meant) if len(meant) <= _MOST_GROUPS else None


def _groups_of_modalities(tx: Tx, hospital_id: str) -> list[str]:
    """The values the column has at a hospital: a few dozen, found by stepping through the index."""

    def make(binds: Binds) -> Select[Any]:
        least = select(func.min(Study.modalities).label("value")).where(Study.hospital_id == binds.next())
        step = least.cte("step", recursive=True)
        after = select(func.min(Study.modalities)).where(
            Study.hospital_id == binds.next(), Study.modalities > step.c.value
        )
        step = step.union_all(select(after.scalar_subquery()).where(step.c.value.is_not(None)))
        return select(step.c.value).where(step.c.value.is_not(None))

    return first_column(tx, "modalities", (hospital_id, hospital_id), make)
