"""Keeps what a patient's name is found by: written with the patient, and anew whenever the name changes."""

from functools import lru_cache
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from app.archive import names
from app.archive.models import NameWord, Patient, PatientNameWord
from app.base.db import Base, Tx, table_of


@lru_cache(maxsize=4)
def _insert(dialect: str, table: type[Base]) -> Any:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(table_of(table)).on_conflict_do_nothing()


def index_name(tx: Tx, patient_id: str, name: str) -> None:
    """Makes a new patient's name searchable. Words go in order, so that two senders never wait for each other."""
    words = sorted(names.words(name))
    if not words:
        return
    connection = tx.session.connection()
    folded = names.folded(name)
    of_patient = [{"word": word, "patient_id": patient_id, "folded_name": folded} for word in words]
    connection.execute(_insert(connection.dialect.name, NameWord), [{"word": word} for word in words])
    connection.execute(_insert(connection.dialect.name, PatientNameWord), of_patient)


def rename(tx: Tx, patient_id: str, name: str) -> None:
    """Gives a patient another name. Part of an action, which checks and records it."""
    named = update(Patient).where(Patient.id == patient_id).values(name=name, folded_name=names.folded(name))
    tx.session.execute(named)
    tx.session.execute(delete(PatientNameWord).where(PatientNameWord.patient_id == patient_id))
    index_name(tx, patient_id, name)
