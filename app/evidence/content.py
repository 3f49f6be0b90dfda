"""Content items of structured reports (PS3.3 C.17.3) and the modules around a report's tree (C.17.2)."""

from collections.abc import Iterable, Sequence

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from app.evidence import codes
from app.evidence.codes import Code
from app.evidence.modules import evidence, person_name, reference
from app.evidence.subjects import Author, Pictured, Point, Wish


def item(relation: str, value_type: str, name: Code | None = None) -> Dataset:
    made = Dataset()
    if relation:
        made.RelationshipType = relation
    made.ValueType = value_type
    if name is not None:
        made.ConceptNameCodeSequence = Items([name.item()])
    return made


def container(relation: str, name: Code, children: Iterable[Dataset], template: str = "") -> Dataset:
    made = item(relation, "CONTAINER", name)
    made.ContinuityOfContent = "SEPARATE"
    if template:
        used = Dataset()
        used.MappingResource, used.TemplateIdentifier = "DCMR", template
        made.ContentTemplateSequence = Items([used])
    if content := list(children):
        made.ContentSequence = Items(content)
    return made


def coded(relation: str, name: Code, value: Code) -> Dataset:
    made = item(relation, "CODE", name)
    made.ConceptCodeSequence = Items([value.item()])
    return made


def text(relation: str, name: Code, value: str) -> Dataset:
    made = item(relation, "TEXT", name)
    made.TextValue = value
    return made


def uid_reference(relation: str, name: Code, uid: str) -> Dataset:
    made = item(relation, "UIDREF", name)
    made.UID = uid
    return made


def image(relation: str, pictured: Pictured, frames: Iterable[int] = ()) -> Dataset:
    made = item(relation, "IMAGE")
    made.ReferencedSOPSequence = Items([reference(pictured, frames)])
    return made


def number(name: Code, value: float, unit: Code, children: Iterable[Dataset] = ()) -> Dataset:
    made, measured = item("CONTAINS", "NUM", name), Dataset()
    measured.NumericValue = f"{value:.10g}"[:16]
    measured.FloatingPointValue = value
    measured.MeasurementUnitsCodeSequence = Items([unit.item()])
    made.MeasuredValueSequence = Items([measured])
    if content := list(children):
        made.ContentSequence = Items(content)
    return made


def outline(
    relation: str,
    graphic_type: str,
    points: Sequence[Point],
    pictured: Pictured,
    frame: int,
    name: Code | None = None,
) -> Dataset:
    """Image coordinates (PS3.3 C.18.6) and the frame they lie on."""
    made = item(relation, "SCOORD", name)
    made.GraphicType = graphic_type
    made.GraphicData = [value for point in points for value in point]
    made.ContentSequence = Items([image("SELECTED FROM", pictured, [frame])])
    return made


def observer(author: Author) -> list[Dataset]:
    """TID 1002 and 1003: a person."""
    name = item("HAS OBS CONTEXT", "PNAME", codes.OBSERVER_NAME)
    name.PersonName = person_name(author.name)
    made = [coded("HAS OBS CONTEXT", codes.OBSERVER_TYPE, codes.PERSON), name]
    if author.hospital:
        made.append(text("HAS OBS CONTEXT", codes.OBSERVER_ORGANIZATION, author.hospital))
    return made


def as_document(data: Dataset, wish: Wish, images: Sequence[Pictured], tree: Dataset) -> Dataset:
    """The object with its report; `images` are all it speaks of."""
    data.ContentDate, data.ContentTime = wish.at.strftime("%Y%m%d"), wish.at.strftime("%H%M%S")
    data.ReferencedPerformedProcedureStepSequence = Items()
    data.CurrentRequestedProcedureEvidenceSequence = evidence(wish, images)
    data.update(tree)
    return data
