"""Turns what is asked into conditions of the database (PS3.4 C.2.2.2). One value may be wrong: Invalid says which."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Boolean

from app.archive import names
from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES
from app.archive.attributes import Attribute, Column, Matching
from app.archive.conditions import EVERYTHING, NOTHING, Binds, Condition, among, both, either, equal
from app.archive.models import Instance, Patient, Series, Study
from app.archive.uids import is_uid
from app.base.errors import HoichanError, Invalid

Asked: TypeAlias = "str | Sequence[str] | Mapping[str, Asked]"
_DAY = re.compile(r"\d{8}")
_TIME_OF_DAY = re.compile(r"\d{2,6}(\.\d{1,6})?")
LAST_LETTER = "\U0010ffff"


def values_of(asked: Asked) -> tuple[str, ...]:
    """The values of which any may match; none when nothing is asked (universal matching)."""
    if isinstance(asked, Mapping):
        return ()
    given = asked.split("\\") if isinstance(asked, str) else asked
    return tuple(value.strip() for value in given if value.strip(" *"))


def condition(attribute: Attribute, asked: Asked, *, fuzzy: bool) -> Condition:
    """Rows whose attribute matches; an empty value or a lone star matches all (universal matching)."""
    if isinstance(asked, Mapping):
        return _item(attribute, asked, fuzzy=fuzzy)
    if attribute.matching is Matching.ITEM and values_of(asked):
        raise _wrong(attribute)
    matches = [_one(attribute, value, fuzzy=fuzzy) for value in values_of(asked)]
    if not matches and isinstance(asked, str) and asked.strip(" *"):  # separators alone
        raise _wrong(attribute)
    return either(*matches) if matches else EVERYTHING


def _one(attribute: Attribute, value: str, *, fuzzy: bool) -> Condition:
    if attribute.matching in _FOLDED:
        named = name_matches(_FOLDED[attribute.matching], value, fuzzy=fuzzy)
        if attribute.matching is Matching.NAME:
            return named
        # Rows of before version 0.3 have no folded name of the physician.
        unfolded = equal(Study.folded_referring_name, "")
        return either(named, both(unfolded, wildcard(_column(attribute), value)))
    return _BY_MATCHING[attribute.matching](attribute, value)


def _item(attribute: Attribute, asked: Mapping[str, Asked], *, fuzzy: bool) -> Condition:
    """PS3.4 C.2.2.2.6: all keys of the item match. Keys in it that are not ours ask nothing."""
    if attribute.matching is not Matching.ITEM:
        raise _wrong(attribute)
    inner = {one.keyword: one for one in attribute.items} | {one.tag: one for one in attribute.items}
    return both(
        *(condition(inner[name], value, fuzzy=fuzzy) for name, value in asked.items() if name in inner)
    )


def _wrong(attribute: Attribute) -> HoichanError:
    return Invalid(
        "bad_query",
        "The value asked for {keyword} cannot be matched. Ask with another one.",
        keyword=attribute.keyword,
    )


def _column(attribute: Attribute) -> Column:
    assert attribute.column is not None  # of what is matched by a column
    return attribute.column


def _date(attribute: Attribute, value: str) -> Condition:
    first, last = _ends(attribute, value, _DAY)
    column = _column(attribute)
    return equal(column, first) if first == last else _between(column, first, last)


def _time(attribute: Attribute, value: str) -> Condition:
    """An end may leave out minutes and seconds: "08" as the last includes 08:30."""
    first, last = _ends(attribute, value, _TIME_OF_DAY)
    return _between(_column(attribute), first, last and last + "~")


def _ends(attribute: Attribute, value: str, form: re.Pattern[str]) -> tuple[str, str]:
    """PS3.4 C.2.2.2.5: first and last of a range, both included; either may be open."""
    first, dash, last = (part.strip() for part in value.partition("-"))
    if any(part and not form.fullmatch(part) for part in (first, last)) or not (first or last):
        raise _wrong(attribute)
    return first, last if dash else first


def _between(column: Column, first: str, last: str) -> Condition:
    said = Condition(("!=", column), (), lambda _: column != "")
    return both(said, *([_from(column, first)] if first else []), *([_until(column, last)] if last else []))


def _from(column: Column, first: str) -> Condition:
    return Condition((">=", column), (first,), lambda binds: column >= binds.next())


def on_days(column: Column, first: str, last: str) -> Condition:
    """From one day to another, both included."""
    return both(_from(column, first), _until(column, last))


def _until(column: Column, last: str) -> Condition:
    return Condition(("<=", column), (last,), lambda binds: column <= binds.next())


def moments(day: Attribute, days: str, time: Attribute, times: str) -> Condition:
    """Combined matching: the range runs from a moment to a moment instead of the same hours of several days."""
    first_day, last_day = _ends(day, days, _DAY)
    first_time, last_time = _ends(time, times, _TIME_OF_DAY)
    date_, time_ = _column(day), _column(time)
    conditions = [Condition(("!=", date_), (), lambda _: date_ != "")]
    if first_day:
        after = Condition((">", date_), (first_day,), lambda binds: date_ > binds.next())
        conditions.append(either(after, both(equal(date_, first_day), _from(time_, first_time))))
    if last_day:
        before = Condition(("<", date_), (last_day,), lambda binds: date_ < binds.next())
        in_time = _until(time_, last_time + "~") if last_time else EVERYTHING
        conditions.append(either(before, both(equal(date_, last_day), in_time)))
    return both(*conditions)


def _modalities(_attribute: Attribute, value: str) -> Condition:
    return either(*(has_modality(one) for one in value.split(",") if one.strip()))


def has_modality(modality: str) -> Condition:
    """Whether any series of the study has it."""
    modality = modality.strip().upper()
    if "*" not in modality and "?" not in modality:
        listed = re.sub(r"([/%_])", r"/\1", f"\\{modality}\\")
        return Condition(
            "modality", (f"%{listed}%",), lambda binds: Study.modalities.like(binds.next(), escape="/")
        )
    having = select(Series.id).where(Series.study_id == Study.id, SHOWN_SERIES)
    wanted = wildcard(Series.modality, modality)
    return Condition(
        ("any series", wanted.shape),
        wanted.values,
        lambda binds: exists(having.where(wanted.make(binds)).correlate(Study)),
    )


def _classes(attribute: Attribute, value: str) -> Condition:
    having = select(Instance.id).join(Series, Series.id == Instance.series_id)
    having = having.where(Series.study_id == Study.id, SHOWN_SERIES, SHOWN_INSTANCE)
    wanted = among(Instance.sop_class_uid, uid_list(attribute, value))
    return Condition(
        ("any instance", wanted.shape),
        wanted.values,
        lambda binds: exists(having.where(wanted.make(binds)).correlate(Study)),
    )


def _number(attribute: Attribute, value: str) -> Condition:
    if not re.fullmatch(r"[+-]?\d{1,9}", value):
        raise _wrong(attribute)
    return equal(_column(attribute), int(value))


def _uids(attribute: Attribute, value: str) -> Condition:
    return any_uid(_column(attribute), uid_list(attribute, value))


def any_uid(column: Column, uids: Sequence[str]) -> Condition:
    """The column has one of these."""
    return equal(column, uids[0]) if len(uids) == 1 else among(column, uids)


def uid_list(attribute: Attribute, value: str) -> list[str]:
    """PS3.4 C.2.2.2.2; commas as in PS3.18 8.3.4.1."""
    wanted = [uid.strip() for uid in value.split(",") if uid.strip()]
    if not wanted or not all(is_uid(uid) for uid in wanted):
        raise _wrong(attribute)
    return wanted


def _text(attribute: Attribute, value: str) -> Condition:
    return wildcard(_column(attribute), value)


class Like(GenericFunction[bool]):
    """column, pattern of GLOB, pattern of LIKE: on SQLite only GLOB, on PostgreSQL only LIKE tells A from a."""

    type = Boolean()
    inherit_cache = True


@compiles(Like, "sqlite")
def _glob(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column, glob, _ = element.clauses
    return f"({compiler.process(column, **options)} GLOB {compiler.process(glob, **options)})"


@compiles(Like, "postgresql")
def _like(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column, _, like = element.clauses
    return f"({compiler.process(column, **options)} LIKE {compiler.process(like, **options)} ESCAPE '/')"


def wildcard(column: Column, value: str) -> Condition:
    """PS3.4 C.2.2.2.4: a star stands for any run of letters, a question mark for one; case counts."""
    if "*" not in value and "?" not in value:
        return equal(column, value)
    like = re.sub(r"([/%_])", r"/\1", value).replace("*", "%").replace("?", "_")
    return Condition(
        ("like", column),
        (value.replace("[", "[[]"), like),
        lambda binds: Like(column, binds.next(), binds.next()),
    )


def name_pattern(value: str) -> str:
    """A name asked for, as it is compared: folded, caret and space the same, "*" and "?" left in. A component left
    empty before another one may be anything.
    """
    components = value.rstrip("^ ").split("^")
    value = "^".join(component if component.strip() else "*" for component in components)
    pieces = re.split(r"([*?])", value)
    folded = "".join(piece if piece in {"*", "?"} else _folded_piece(piece) for piece in pieces)
    return re.sub(r"\*(\s*\*)+", "*", folded).strip()


def _folded_piece(piece: str) -> str:
    """The words of one piece between wildcards, with a space where it begins or ends between two words."""
    words = names.folded(piece).replace("=", " ")
    if not words:
        return " " if piece else ""
    before = " " if piece[0] in " ^" else ""
    return before + words + (" " if piece[-1] in " ^" else "")


def name_matches(column: Column, value: str, *, fuzzy: bool) -> Condition:
    """Without regard to accents and case (PS3.4 C.2.2.2.1.1 leaves that to us): any component group as a whole, with
    wildcards; when fuzzy, every word asked for begins a word of the name, in any order.
    """
    if fuzzy:
        return words_match(column, names.words(value))
    groups = [group for group in value.split("=") if group.strip(" ^")]
    return both(*(_group_matches(column, group) for group in groups))


def _group_matches(column: Column, value: str) -> Condition:
    pattern = name_pattern(value)
    if pattern.strip(" *") == "":
        return EVERYTHING if "*" in pattern else NOTHING
    like = pattern.replace("*", "%").replace("?", "_")
    return Condition(
        ("group", column), (f"%={like}=%",), lambda binds: ("=" + column + "=").like(binds.next())
    )


def words_match(column: Column, words: Sequence[str]) -> Condition:
    """Every word begins a word of the folded names in the column."""
    return both(*(_begins_word(column, word) for word in words)) if words else NOTHING


def _begins_word(column: Column, word: str) -> Condition:
    def make(binds: Binds) -> ColumnElement[bool]:
        return or_((" " + column).like(binds.next()), column.like(binds.next()))

    return Condition(("word", column), (f"% {word}%", f"%={word}%"), make)


def begins(column: Column, prefix: str) -> Condition:
    """A range, which an index serves; of columns that are compared by the codes of letters."""

    def make(binds: Binds) -> ColumnElement[bool]:
        return and_(column >= binds.next(), column < binds.next())

    return Condition(("begins", column), (prefix, prefix + LAST_LETTER), make)


def unindexed(column: Column) -> ColumnElement[str]:
    """The column's value, by which no index is read: SQLite, without statistics, walks over all studies in order
    of date to find the one that was asked for.
    """
    return func.coalesce(column, "")


_FOLDED: dict[Matching, Column] = {
    Matching.NAME: Patient.folded_name,
    Matching.PHYSICIAN: Study.folded_referring_name,
}
_BY_MATCHING = {
    Matching.CLASSES: _classes,
    Matching.DATE: _date,
    Matching.MODALITIES: _modalities,
    Matching.NUMBER: _number,
    Matching.TEXT: _text,
    Matching.TIME: _time,
    Matching.UID: _uids,
}
