"""Structured reports made by code, of the templates that machines send. Nobody in them exists."""

from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset

from tests.dicomgen import base, file

DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.67"


def code(value: str, meaning: str, scheme: str = "DCM") -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _item(kind: str, value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", kind
    item.ConceptNameCodeSequence = [code(value, meaning)]
    return item


def text(value: str, meaning: str, said: str) -> Dataset:
    item = _item("TEXT", value, meaning)
    item.TextValue = said
    return item


def coded(value: str, meaning: str, said: Dataset) -> Dataset:
    item = _item("CODE", value, meaning)
    item.ConceptCodeSequence = [said]
    return item


def number(value: str, meaning: str, said: float, unit: str) -> Dataset:
    item = _item("NUM", value, meaning)
    measured = Dataset()
    measured.NumericValue = said
    measured.MeasurementUnitsCodeSequence = [code(unit, unit, "UCUM")]
    item.MeasuredValueSequence = [measured]
    return item


def container(value: str, meaning: str, children: Sequence[Dataset]) -> Dataset:
    item = _item("CONTAINER", value, meaning)
    item.ContinuityOfContent = "SEPARATE"
    item.ContentSequence = list(children)
    return item


def _dose(template: str, children: Sequence[Dataset], **attributes: Any) -> bytes:
    ds = base(
        sop_class=DOSE_SR,
        modality="SR",
        series=f"dose-{template}",
        SeriesDescription="Dose Report",
        **attributes,
    )
    ds.ValueType = "CONTAINER"
    ds.ConceptNameCodeSequence = [code("113701", "X-Ray Radiation Dose Report")]
    named = Dataset()
    named.MappingResource, named.TemplateIdentifier = "DCMR", template
    ds.ContentTemplateSequence = [named]
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "UNVERIFIED"
    ds.ContentDate, ds.ContentTime = "20260302", "081700"
    ds.ContentSequence = list(children)
    return file(ds)


def _ct_event(protocol: str, kind: str, ctdi: float, dlp: float) -> Dataset:
    return container(
        "113819",
        "CT Acquisition",
        [
            text("125203", "Acquisition Protocol", protocol),
            coded("123014", "Target Region", code("69536005", "Head", "SCT")),
            coded("113820", "CT Acquisition Type", code("113804", kind)),
            container("113822", "CT Acquisition Parameters", [number("113733", "KVP", 120, "kV")]),
            container(
                "113829",
                "CT Dose",
                [number("113830", "Mean CTDIvol", ctdi, "mGy"), number("113838", "DLP", dlp, "mGy.cm")],
            ),
        ],
    )


def ct_dose_report(**attributes: Any) -> bytes:
    """TID 10011: a topogram and a head."""
    totals = [
        number("113812", "Total Number of Irradiation Events", 2, "{events}"),
        number("113813", "CT Dose Length Product Total", 812.5, "mGy.cm"),
    ]
    return _dose(
        "10011",
        [
            container("113811", "CT Accumulated Dose Data", totals),
            _ct_event("Topogram", "Constant Angle Acquisition", 0.15, 12.5),
            _ct_event("Sọ não", "Sequenced Acquisition", 48.2, 800),
        ],
        **attributes,
    )


def xray_dose_report() -> bytes:
    """TID 10001: one run of fluoroscopy."""
    totals = [
        number("113722", "Dose Area Product Total", 0.0021, "Gy.m2"),
        number("113730", "Total Fluoro Time", 312, "s"),
    ]
    event = [
        coded("113721", "Irradiation Event Type", code("44491008", "Fluoroscopy", "SCT")),
        number("122130", "Dose Area Product", 0.0021, "Gy.m2"),
        number("113738", "Dose (RP)", 0.12, "Gy"),
    ]
    return _dose(
        "10001",
        [
            container("113702", "Accumulated X-Ray Dose Data", totals),
            container("113706", "Irradiation Event X-Ray Data", event),
        ],
    )
