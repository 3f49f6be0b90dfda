"""The demonstration has one consult under way and one completed, made by the same actions as the pages."""

from dataclasses import replace
from typing import Any

from app.base.actor import Role
from app.base.parts import Demonstration
from app.edge.services import Services
from app.reporting.queries import reports_of_study
from consults.demonstration import PATIENT_TEXT, demonstration
from consults.dispatch.board import board
from consults.queries import Box, list_consults
from tests import dicomgen
from tests.consults.conftest import Clinic


def test_one_is_under_way_and_one_is_completed(clinic: Clinic, services: Services) -> None:
    cast = clinic.cast
    other: dict[str, Any] = {"patient_id": "BN0002", "patient_name": "TRẦN^THỊ BÍCH"}
    studies = {
        "ct-head": clinic.study_id,
        "ct-chest": clinic.store(dicomgen.ct_slice(study="study-2", **other)),
        "dx-chest": clinic.store(dicomgen.ct_slice(study="study-3", **other)),
    }
    ha = replace(cast.binh, roles=cast.binh.roles | {Role.HOSPITAL_ADMINISTRATOR})
    actors = {"hanh": cast.alice, "duc": cast.bob, "ha": ha, "tam": cast.dung, "yen": cast.vinh}
    actors["mai"] = replace(cast.bob, roles=frozenset({Role.COORDINATOR}))
    demonstration(services, Demonstration(actors, studies))

    with clinic.db.reading() as tx:
        (under_way,) = list_consults(tx, cast.bob, Box.INBOX).consults
        (completed,) = list_consults(tx, cast.binh, Box.INBOX, closed=True).consults
        (report,) = reports_of_study(tx, cast.alice, studies["ct-chest"])
        assert list_consults(tx, cast.chi).consults == ()
    assert (under_way.state, completed.state) == ("accepted", "completed")
    assert (report.status, report.patient_text) == ("final", PATIENT_TEXT)
    state = clinic.state(cast.bob, under_way.id)
    assert len(state["messages"]) == 3
    assert len(state["annotations"]) == 1
    with clinic.db.reading() as tx:
        assert {load.on_call for load in board(tx, actors["mai"]).loads} == {True}
