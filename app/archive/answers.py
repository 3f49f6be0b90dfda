"""Rows of a search as data sets in the DICOM JSON model (PS3.18 annex F)."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import func, select

from app.archive import dicom_json
from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, visible_studies
from app.archive.attributes import Attribute, Column
from app.archive.models import Instance, Patient, Series, Study
from app.base.actor import Actor
from app.base.db import Tx

Json: TypeAlias = dict[str, Any]
_SIZE = re.compile(r'"(rows|columns)":(\d+)')


def columns_of(answered: Sequence[Attribute]) -> list[Column]:
    """What a search selects, in the order in which `items` reads it."""
    return [column for attribute in _read(answered) if (column := attribute.column) is not None]


def _read(answered: Sequence[Attribute]) -> list[Attribute]:
    """The attributes that have columns: of a sequence those of its item."""
    return [
        one for attribute in answered for one in attribute.items or (attribute,) if one.column is not None
    ]


def items(
    tx: Tx,
    actor: Actor,
    answered: tuple[Attribute, ...],
    rows: Sequence[Sequence[Any]],
    keys: Mapping[str, int],
) -> tuple[Json, ...]:
    """One data set for each row. `keys`: at which place of a row the ids of patient and study stand."""
    found = [_item(row, *_steps(answered)) for row in rows]
    for attribute in answered:
        if attribute.keyword in _COUNTED:
            key, count = _COUNTED[attribute.keyword]
            counts = count(tx, actor, {row[keys[key]] for row in rows})
            for item, row in zip(found, rows, strict=True):
                item[attribute.tag] = dicom_json.attributes(attribute.vr, counts[row[keys[key]]])
    return tuple(found)


Step: TypeAlias = "tuple[str, int, str, Json, Callable[[Any], list[Any]] | None]"
Sequences: TypeAlias = "tuple[tuple[str, tuple[Step, ...]], ...]"


@lru_cache(maxsize=200)
def _steps(answered: tuple[Attribute, ...]) -> tuple[tuple[Step, ...], Sequences]:
    """Of each attribute its tag, the place of its column, and how the value is read; and those of sequences' items."""
    places = iter(range(len(columns_of(answered))))
    plain: list[Step] = []
    sequences: list[tuple[str, tuple[Step, ...]]] = []
    for one in answered:
        if one.items:
            sequences.append((one.tag, tuple(_step(inner, next(places)) for inner in one.items)))
        elif one.column is not None:
            plain.append(_step(one, next(places)))
    return tuple(plain), tuple(sequences)


def _step(attribute: Attribute, place: int) -> Step:
    read = _READ.get(attribute.keyword, _name if attribute.vr == "PN" else None)
    return attribute.tag, place, attribute.vr, {"vr": attribute.vr}, read


def _item(row: Sequence[Any], plain: Iterable[Step], sequences: Sequences) -> Json:
    """Written for speed: fifty answers are a thousand attributes. What is empty is one object for all."""
    found: Json = {}
    for tag, place, vr, empty, read in plain:
        value = row[place]
        if value is None or value == "":
            found[tag] = empty
        elif read is None:
            found[tag] = {"vr": vr, "Value": [value]}
        else:
            values = read(value)
            found[tag] = {"vr": vr, "Value": values} if values else empty
    for tag, steps in sequences:
        inner = _item(row, steps, ())
        said = any("Value" in one for one in inner.values())
        found[tag] = dicom_json.attributes("SQ", [inner] if said else [])
    return found


def _name(value: str) -> list[Any]:
    return [{"Alphabetic": value} if "=" not in value else dicom_json.person_name(value)]


def _modalities(value: str) -> list[Any]:
    return [one for one in value.split("\\") if one]


def _size(name: str) -> Callable[[str], list[Any]]:
    """Rows or columns, from the beginning of the facts; an object without pixels has none."""

    def read(facts: str) -> list[Any]:
        number = int(dict(_SIZE.findall(facts)).get(name, 0))
        return [number] if number else []

    return read


_READ: dict[str, Callable[[Any], list[Any]]] = {
    "Columns": _size("columns"),
    "ModalitiesInStudy": _modalities,
    "NumberOfFrames": lambda count: [count] if count else [],
    "Rows": _size("rows"),
}


def _sop_classes(tx: Tx, _actor: Actor, study_ids: Iterable[str]) -> Mapping[str, list[Any]]:
    query = (
        select(Series.study_id, Instance.sop_class_uid)
        .join(Instance, Instance.series_id == Series.id)
        .where(Series.study_id.in_(list(study_ids)), SHOWN_SERIES, SHOWN_INSTANCE)
        .distinct()
    )
    found = defaultdict[str, list[Any]](list)
    for study_id, uid in sorted((row[0], row[1]) for row in tx.session.execute(query)):
        found[study_id].append(uid)
    return found


def _of_patient(column: Any) -> Callable[[Tx, Actor, Iterable[str]], Mapping[str, list[Any]]]:
    """Counts over those of a patient's studies that the actor may see."""

    def count(tx: Tx, actor: Actor, patient_ids: Iterable[str]) -> Mapping[str, list[Any]]:
        query = select(Study.patient_id, column).group_by(Study.patient_id)
        query = query.where(Study.patient_id.in_(list(patient_ids)), visible_studies(actor))
        return {row[0]: [int(row[1])] for row in tx.session.execute(query)}

    return count


_COUNTED: dict[str, tuple[str, Callable[[Tx, Actor, Iterable[str]], Mapping[str, list[Any]]]]] = {
    "NumberOfPatientRelatedInstances": ("patient", _of_patient(func.sum(Study.instance_count))),
    "NumberOfPatientRelatedSeries": ("patient", _of_patient(func.sum(Study.series_count))),
    "NumberOfPatientRelatedStudies": ("patient", _of_patient(func.count())),
    "SOPClassesInStudy": ("study", _sop_classes),
}
KEYS = {"patient": Patient.id, "study": Study.id}
