"""Where a search begins: the few patients or studies that one of its keys leads to, or none.

Databases guess what is rare. Here it is looked up: an index counts, as far as it takes to know. What leads to few is
found first and sorted then; what leads to many is looked for along the order of date, where the first page is near.
A lead never decides what matches; it only leaves out what cannot.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    String,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from app.archive import names
from app.archive.attributes import Attribute
from app.archive.matching import Asked, begins, name_matches, name_pattern, uid_list, values_of
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


@dataclass(frozen=True)
class Lead:
    """Patients or studies, of which all that match are among; or, where these are many, the groups of modalities
    (values of the column) that one hospital's studies of them have.
    """

    patients: frozenset[str] = frozenset()
    studies: frozenset[str] = frozenset()
    modalities: tuple[str, ...] = ()

    def condition(self, tx: Tx) -> ColumnElement[bool]:
        """On Study; by ids, so that the database has nothing to guess."""
        if self.patients and self.studies:
            return or_(among(tx, Study.patient_id, self.patients), among(tx, Study.id, self.studies))
        if self.patients:
            return among(tx, Study.patient_id, self.patients)
        if self.modalities:
            return Study.modalities.in_(self.modalities)
        return among(tx, Study.id, self.studies)


def among(tx: Tx, column: Any, ids: Iterable[str]) -> ColumnElement[bool]:
    """Whether the column is one of these; one parameter, however many they are."""
    if tx.session.connection().dialect.name == "sqlite":
        listed = func.json_each(json.dumps(list(ids))).table_valued("value")
        return bool_(column.in_(select(listed.c.value)))
    return bool_(column == any_(bindparam(None, list(ids), type_=ARRAY(String), unique=True)))


def bool_(condition: ColumnElement[Any]) -> ColumnElement[bool]:
    """For the type checker: a comparison of a column of any type."""
    return condition


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
            return Lead(patients=patients)
    for keyword in ("ModalitiesInStudy", "Modality"):
        if keyword in asked and hospital_id is not None:
            return of_modalities(tx, values_of(asked[keyword][1]), hospital_id)
    return None


def text_lead(tx: Tx, words: Sequence[str], prefixes: Iterable[str]) -> Lead | None:
    """Of the page's one field: a name, or the beginning of a patient's number or of an accession number."""
    beginnings = list(prefixes)
    by_number = _ids(
        tx, select(Patient.id).where(or_(*(begins(Patient.patient_id, one) for one in beginnings)))
    )
    by_order = _ids(
        tx, select(Study.id).where(or_(*(begins(Study.accession_number, one) for one in beginnings)))
    )
    by_name = named(tx, [" ".join(words)], fuzzy=True) if words else frozenset[str]()
    if by_number is None or by_order is None or by_name is None:
        return None
    return Lead(by_name | by_number, by_order)


def _ids(tx: Tx, query: Select[Any]) -> frozenset[str] | None:
    """None when there are more than few."""
    found = frozenset(tx.session.scalars(query.limit(FEW + 1)))
    return found if len(found) <= FEW else None


def _study_uids(tx: Tx, attribute: Attribute, values: Sequence[str]) -> Lead | None:
    return _studies(tx, select(Study.id).where(Study.study_instance_uid.in_(_uids(attribute, values))))


def _series_uids(tx: Tx, attribute: Attribute, values: Sequence[str]) -> Lead | None:
    return _studies(
        tx, select(Series.study_id).where(Series.series_instance_uid.in_(_uids(attribute, values)))
    )


def _instance_uids(tx: Tx, attribute: Attribute, values: Sequence[str]) -> Lead | None:
    query = select(Series.study_id).join(Instance, Instance.series_id == Series.id)
    return _studies(tx, query.where(Instance.sop_instance_uid.in_(_uids(attribute, values))))


def _uids(attribute: Attribute, values: Sequence[str]) -> list[str]:
    return [uid for value in values for uid in uid_list(attribute, value)]


def _studies(tx: Tx, query: Select[Any]) -> Lead | None:
    found = _ids(tx, query)
    return None if found is None else Lead(studies=found)


def _accession_numbers(tx: Tx, _attribute: Attribute, values: Sequence[str]) -> Lead | None:
    known = _coded(Study.accession_number, values)
    return None if known is None else _studies(tx, select(Study.id).where(known))


def _patient_ids(tx: Tx, _attribute: Attribute, values: Sequence[str]) -> Lead | None:
    known = _coded(Patient.patient_id, values)
    found = None if known is None else _ids(tx, select(Patient.id).where(known))
    return None if found is None else Lead(patients=found)


def _coded(column: Any, values: Sequence[str]) -> ColumnElement[bool] | None:
    """By the index: values as they are, or by what stands before the first wildcard."""
    known = []
    for value in values:
        prefix = re.split(r"[*?]", value)[0]
        if not prefix:
            return None
        known.append(column == value if prefix == value else begins(column, prefix))
    return or_(*known)


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
    days: Select[Any] = select(literal_column("1")).where(Study.study_date >= first, Study.study_date <= last)
    if hospital_id is not None:
        days = days.where(Study.hospital_id == hospital_id)
    counted = select(func.count()).select_from(days.limit(_NARROW + 1).subquery())
    return int(tx.session.scalar(counted) or 0) <= _NARROW


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
    whole = name_matches(PatientNameWord.folded_name, value, fuzzy=fuzzy)
    query = select(PatientNameWord.patient_id).where(words[counts.index(rarest)].condition, whole)
    return _ids(tx, query)


@dataclass(frozen=True)
class _Word:
    """What is known of one word of the name."""

    text: str  # for remembering how many there are
    condition: ColumnElement[bool]


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
                    yield _Word(f"*{part}{'*' * behind}", column.in_(inside))
            else:
                yield _Word(f"{part}{'*' * behind}", begins(column, part) if behind else column == part)


def _having(tx: Tx, part: str, *, open_end: bool) -> list[str] | None:
    """The words that have this part in them, or at their end; None when they are many."""
    query = select(NameWord.word).where(NameWord.word.like(f"%{part}{'%' * open_end}"))
    found = list(tx.session.scalars(query.limit(_MOST_WORDS + 1)))
    return found if len(found) <= _MOST_WORDS else None


_counts: dict[tuple[str, str], tuple[float, int]] = {}


def _count(tx: Tx, word: _Word) -> int:
    """How many names have the word, at most a few more than are looked through; a minute old at most: it only
    chooses the way.
    """
    key = (str(tx.session.connection().engine.url), word.text)
    known = _counts.get(key)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    if len(_counts) > 5000:
        _counts.clear()
    rows: Select[Any] = select(literal_column("1")).select_from(PatientNameWord).where(word.condition)
    counted = select(func.count()).select_from(rows.limit(_LOOKED_THROUGH + 1).subquery())
    count = int(tx.session.scalar(counted) or 0)
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
    least = select(func.min(Study.modalities).label("value")).where(Study.hospital_id == hospital_id)
    step = least.cte("step", recursive=True)
    after = select(func.min(Study.modalities)).where(
        Study.hospital_id == hospital_id, Study.modalities > step.c.value
    )
    step = step.union_all(select(after.scalar_subquery()).where(step.c.value.is_not(None)))
    return list(tx.session.scalars(select(step.c.value).where(step.c.value.is_not(None))))
