"""Turns what is asked into conditions of the database (PS3.4 C.2.2.2). One value may be wrong: Invalid says which."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true, union
from sqlalchemy.orm import InstrumentedAttribute

from app.archive import names
from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES
from app.archive.attributes import Attribute, Column, Matching
from app.archive.models import Instance, Patient, PatientNameWord, Series, Study
from app.archive.uids import is_uid
from app.base.errors import HoichanError, Invalid

_DAY = re.compile(r"\d{8}")
_TIME_OF_DAY = re.compile(r"\d{2,6}(\.\d{1,6})?")
_LAST_LETTER = "\U0010ffff"


Asked: TypeAlias = "str | Sequence[str] | Mapping[str, Asked]"


def values_of(asked: Asked) -> tuple[str, ...]:
    """The values of which any may match; none when nothing is asked (universal matching)."""
    if isinstance(asked, Mapping):
        return ()
    given = asked.split("\\") if isinstance(asked, str) else asked
    return tuple(value.strip() for value in given if value.strip(" *"))


def condition(attribute: Attribute, asked: Asked, *, fuzzy: bool) -> ColumnElement[bool]:
    """Rows whose attribute matches; an empty value or a lone star matches all (universal matching)."""
    if attribute.matching is Matching.NONE or isinstance(asked, Mapping):
        raise _wrong(attribute)
    values = values_of(asked)
    if attribute.matching is Matching.NAME:
        matches = [has_words(value) if fuzzy else _folded_like(value) for value in values]
    else:
        matches = [_BY_MATCHING[attribute.matching](attribute, value) for value in values]
    if not matches and isinstance(asked, str) and asked.strip(" *"):  # separators alone
        raise _wrong(attribute)
    return or_(*matches) if matches else true()


def _wrong(attribute: Attribute) -> HoichanError:
    return Invalid(
        "bad_query",
        "The value asked for {keyword} cannot be matched. Ask with another one.",
        keyword=attribute.keyword,
    )


def _date(attribute: Attribute, value: str) -> ColumnElement[bool]:
    return _range(attribute, value, _DAY, "")


def _time(attribute: Attribute, value: str) -> ColumnElement[bool]:
    return _range(attribute, value, _TIME_OF_DAY, "~")


def _modalities(_attribute: Attribute, value: str) -> ColumnElement[bool]:
    return or_(*(has_modality(one) for one in value.split(",") if one))


def _classes(attribute: Attribute, value: str) -> ColumnElement[bool]:
    having = select(Instance.id).join(Series, Series.id == Instance.series_id)
    having = having.where(Series.study_id == Study.id, SHOWN_SERIES, SHOWN_INSTANCE)
    return exists(having.where(Instance.sop_class_uid.in_(_uid_list(attribute, value))).correlate(Study))


def _text(attribute: Attribute, value: str) -> ColumnElement[bool]:
    return wildcard(_column(attribute), value)


def _range(attribute: Attribute, value: str, form: re.Pattern[str], beyond: str) -> ColumnElement[bool]:
    """PS3.4 C.2.2.2.5. `beyond` sorts behind every digit: "08" as an end of a range includes 08:30."""
    column = _column(attribute)
    first, dash, last = value.partition("-")
    if any(part and not form.fullmatch(part) for part in (first, last)):
        raise _wrong(attribute)
    if not dash:
        return column == first if not beyond else and_(column >= first, column <= first + beyond)
    conditions = [column != ""]
    if first:
        conditions.append(column >= first)
    if last:
        conditions.append(column <= last + beyond)
    return and_(*conditions)


def has_modality(modality: str) -> ColumnElement[bool]:
    """Whether any series of the study has it."""
    return Study.modalities.contains(f"\\{modality.strip().upper()}\\", autoescape=True)


def _number(attribute: Attribute, value: str) -> ColumnElement[bool]:
    if not value.lstrip("-").isdecimal() or len(value) > 10:
        raise _wrong(attribute)
    return _column(attribute) == int(value)


def _uids(attribute: Attribute, value: str) -> ColumnElement[bool]:
    return _column(attribute).in_(_uid_list(attribute, value))


def _uid_list(attribute: Attribute, value: str) -> list[str]:
    wanted = [uid.strip() for uid in value.split(",") if uid.strip()]
    if not wanted or not all(is_uid(uid) for uid in wanted):
        raise _wrong(attribute)
    return wanted


def _column(attribute: Attribute) -> Column:
    assert attribute.column is not None  # of what is matched by a column
    return attribute.column


_BY_MATCHING = {
    Matching.CLASSES: _classes,
    Matching.DATE: _date,
    Matching.MODALITIES: _modalities,
    Matching.NUMBER: _number,
    Matching.TEXT: _text,
    Matching.TIME: _time,
    Matching.UID: _uids,
}


def wildcard(column: Column, value: str) -> ColumnElement[bool]:
    """PS3.4 C.2.2.2.4: a star stands for any run of letters, a question mark for one."""
    if "*" not in value and "?" not in value:
        return column == value
    pattern = re.sub(r"([/%_])", r"/\1", value).replace("*", "%").replace("?", "_")
    like = column.like(pattern, escape="/")
    prefix = re.split(r"[*?]", value)[0]
    for coded in (Patient.patient_id, Study.accession_number):
        if prefix and column is coded:
            return and_(_begins(coded, prefix), like)
    return like


def _folded_like(value: str) -> ColumnElement[bool]:
    """The whole name, without regard to accents and case (PS3.4 C.2.2.2.1.1 leaves that to us), with wildcards."""
    pieces = re.split(r"([*?])", value)
    pattern = "".join({"*": "%", "?": "_"}.get(piece) or " ".join(names.words(piece)) for piece in pieces)
    if "%" in pattern or "_" in pattern:
        beginning = names.words(pieces[0])
        return and_(Patient.folded_name.like(pattern), *(_has_word(word) for word in beginning))
    return Patient.folded_name == pattern


def has_words(text: str) -> ColumnElement[bool]:
    """Every word asked for begins a word of the patient's name, in any order, without accents."""
    words = names.words(text)
    return and_(*(_has_word(word) for word in words)) if words else false()


def _has_word(word: str) -> ColumnElement[bool]:
    begins = select(PatientNameWord.patient_id).where(_begins(PatientNameWord.word, word))
    return Study.patient_id.in_(begins)


def _begins(column: InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    """A range, which an index serves; of columns that are compared by the codes of letters."""
    return and_(column >= prefix, column < prefix + _LAST_LETTER)


def free_text(text: str) -> ColumnElement[bool]:
    """The page's one search field: a name, or the beginning of a patient number or of an accession number.

    Numbers are found as they were typed, in capitals and in small letters: each way is a range of an index.
    """
    text = text.strip()
    if not text:
        return true()
    prefixes = dict.fromkeys((text, text.upper(), text.lower()))
    of_patient = select(Study.id).join(Patient, Patient.id == Study.patient_id)
    ways = union(
        select(Study.id).where(has_words(text)),
        *(of_patient.where(_begins(Patient.patient_id, prefix)) for prefix in prefixes),
        *(select(Study.id).where(_begins(Study.accession_number, prefix)) for prefix in prefixes),
    )
    return Study.id.in_(ways)


def unindexed(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """The column's value, by which no index is read: SQLite, without statistics, walks over all studies in order
    of date to find the one that was asked for.
    """
    return func.coalesce(column, "")
