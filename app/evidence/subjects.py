"""What an object is made of: images of one study, marks on them, how they were looked at, who says so."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from pydicom.dataset import Dataset

from app.archive.identity import StudyIdentity

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Pictured:
    """An image that is referred to, as its header told when it arrived."""

    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    modality: str
    digest: str
    facts: Mapping[str, Any]
    modality_lut: Dataset | None = None  # the item of its Modality LUT Sequence

    @property
    def multi_frame(self) -> bool:
        return int(self.facts["frames"]) > 1

    @property
    def grey(self) -> bool:
        return bool(self.facts["photometric"] in {"MONOCHROME1", "MONOCHROME2"})

    def with_lut(self, lut: Dataset | None) -> "Pictured":
        return replace(self, modality_lut=lut)


@dataclass(frozen=True)
class Author:
    id: str
    name: str
    hospital: str


@dataclass(frozen=True)
class Mark:
    """One mark on one frame; points as in GSPS: column and row, the image's outer corner being (0, 0)."""

    id: str
    kind: str
    graphic_type: str
    points: tuple[Point, ...]
    text: str
    sop_instance_uid: str
    frame_number: int
    author: Author
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Mark":
        """From the plain data of `app.annotations.queries`."""
        author = told["author"]
        return cls(
            id=told["id"],
            kind=told["kind"],
            graphic_type=told["graphic_type"],
            points=tuple((float(x), float(y)) for x, y in told["points"]),
            text=told["text"],
            sop_instance_uid=told["sop_instance_uid"],
            frame_number=told["frame_number"],
            author=Author(author["id"], author["name"], author["hospital"]),
            values=told["values"] or {},
        )

    def number(self, name: str) -> float | None:
        """A measured value, where there is one."""
        value = self.values.get(name)
        return float(value) if isinstance(value, int | float) and math.isfinite(value) else None

    def unit(self) -> str:
        unit = self.values.get("unit")
        return unit if isinstance(unit, str) else ""


@dataclass(frozen=True)
class Wish:
    """An object to be made. `id` is fresh for each wish: made twice from one wish, it is the same object."""

    id: str
    identity: StudyIdentity
    author: Author
    at: datetime
    images: Mapping[str, Pictured]  # by SOP Instance UID
