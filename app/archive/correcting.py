"""What every correction does: check what a person wrote, keep the rows as they were, tell it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.archive import names, values
from app.archive.access import correctable_study
from app.archive.corrected import PATIENT_FIELDS, alive_corrections
from app.archive.counters import hold
from app.archive.events import announce_study_changed, announce_study_listed
from app.archive.models import Correction, Patient, Study
from app.archive.states import CorrectionKind
from app.archive.values import PatientValues
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import Conflict, Invalid
from app.base.ids import new_id

# Most characters by the VR of PS3.5 table 6.2-1.
_MOST = {
    "accession_number": 16, "body_part": 16, "description": 64, "issuer_of_patient_id": 64, "laterality": 1,
    "name": 194, "patient_age": 4, "patient_id": 64, "referring_physician_name": 194, "sex": 1, "study_id": 16,
}  # fmt: skip
_AGE = re.compile(r"\d{3}[DWMY]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")
_OF_PATIENT = frozenset({CorrectionKind.EDIT_PATIENT, CorrectionKind.MERGE_PATIENTS})


@dataclass(frozen=True)
class Change:
    """One correction about to be kept: what it is of, and the rows before and after."""

    kind: CorrectionKind
    reason: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    study_id: str = ""
    other_study_id: str | None = None
    patient_id: str | None = None


def keep(tx: Tx, actor: Actor, hospital_id: str, change: Change) -> str:
    """Writes the correction and its audit record; its id."""
    row = Correction(
        id=new_id(),
        hospital_id=hospital_id,
        study_id=change.study_id,
        other_study_id=change.other_study_id,
        patient_id=change.patient_id,
        kind=change.kind,
        reason=change.reason,
        before=json.dumps(change.before, ensure_ascii=False, sort_keys=True),
        after=json.dumps(change.after, ensure_ascii=False, sort_keys=True),
        created_at=tx.now,
        created_by=actor.id,
    )
    tx.session.add(row)
    tell(tx, actor, row, {})
    return row.id


def tell(tx: Tx, actor: Actor, row: Correction, more: Mapping[str, Any]) -> None:
    """The audit record of a correction, or of its being taken back. Names of attributes, never their values."""
    of_patient = row.kind in _OF_PATIENT
    changed = json.loads(row.after)
    names_of = {level: sorted(changed[level]) for level in ("patient", "study") if level in changed}
    record(
        tx,
        actor,
        AuditKind.PATIENT_RECORD if of_patient else AuditKind.PROCEDURE_RECORD,
        "U",
        subject_type="patient" if of_patient else "study",
        subject_id=(row.patient_id or "") if of_patient else row.study_id,
        hospital_id=row.hospital_id,
        detail={"correction": row.id, "kind": row.kind, "other_study": row.other_study_id}
        | names_of
        | dict(more),
    )


def check_reason(reason: str) -> str:
    """What the person gave as the reason; Invalid when they gave none."""
    said = reason.strip()
    if not said:
        raise Invalid("no_reason_given", "Say why. The reason stays with the record.")
    return said[:400]


def study_to_correct(tx: Tx, actor: Actor, study_id: str) -> Study:
    """One that is shown, held until the transaction ends. Raises NotFound, or Conflict for one that is rejected or merged into another."""
    study = correctable_study(tx, actor, study_id)
    hold(tx, study)
    if study.rejected or study.merged_into_id:
        raise Conflict("study_hidden", "This study is rejected or merged into another. Take that back first.")
    return study


def checked(wanted: Mapping[str, str]) -> dict[str, str]:
    """Values as they may stand in a data set (PS3.5 section 6.2), or Invalid with the field that is wrong."""
    return {name: _checked(name, value.strip()) for name, value in wanted.items()}


def _checked(name: str, value: str) -> str:
    most = _MOST.get(name, 16)
    groups = value.split("=") if name.endswith("name") else [value]
    too_long = len(value) > most or (name.endswith("name") and any(len(group) > 64 for group in groups))
    if too_long or _CONTROL.search(value):
        raise Invalid(
            "bad_value",
            "The field {field} holds too much, or a character that DICOM does not allow.",
            field=name,
        )
    if value and not _fits(name, value):
        raise Invalid("bad_format", "The field {field} is not written as DICOM writes it.", field=name)
    return values.birth_date(value) if name == "birth_date" else value


def _fits(name: str, value: str) -> bool:
    if name == "birth_date":
        return bool(values.birth_date(value))
    if name == "study_date":
        return values.date(value) == value
    if name == "study_time":
        return values.time(value) == value
    if name == "sex":
        return value in {"F", "M", "O"}
    if name == "laterality":
        return value in {"B", "L", "R"}
    return name != "patient_age" or _AGE.fullmatch(value) is not None


def differing(
    row: object, wanted: Mapping[str, str], replacing: Mapping[str, str] | None
) -> tuple[dict[str, str], dict[str, str]]:
    """(before, after) of what changes. Raises Invalid when nothing does, and Conflict when somebody wrote something
    else meanwhile: `replacing` is what the person saw in the fields they changed, None to replace whatever stands.
    """
    for name, seen in (replacing or {}).items():
        now = getattr(row, name)
        if now not in {seen, wanted[name]}:
            raise Conflict(
                "changed_meanwhile",
                "Somebody else was here meanwhile: the field {field} says “{value}” now. What you wrote is still in the form; save again to put it there.",
                field=name,
                value=now,
            )
    before = {name: getattr(row, name) for name, value in wanted.items() if getattr(row, name) != value}
    if not before:
        raise Invalid("nothing_changed", "Nothing was changed.")
    return before, {name: wanted[name] for name in before}


def values_of_patient(patient: Patient) -> PatientValues:
    """The row as the same values a file gives."""
    return PatientValues(*(getattr(patient, name) for name in PatientValues.__slots__))


def patient_fields(patient: Patient) -> dict[str, str]:
    """What a correction keeps of a patient."""
    return {name: getattr(patient, name) for name in PATIENT_FIELDS}


def set_study(study: Study, wanted: Mapping[str, str]) -> None:
    """Writes study columns, and what is found by them."""
    for name, value in wanted.items():
        setattr(study, name, value)
    study.folded_referring_name = names.folded(study.referring_physician_name)


def refresh_corrected(tx: Tx, study: Study) -> None:
    """Whether anything is left in force, after a correction was taken back."""
    study.corrected = bool(alive_corrections(tx, study))


def announce(tx: Tx, *study_ids: str) -> None:
    """Open lists and viewers ask again."""
    tx.session.flush()
    for study_id in study_ids:
        announce_study_listed(tx, study_id)
        announce_study_changed(tx, study_id)
