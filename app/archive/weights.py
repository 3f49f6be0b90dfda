"""How many bytes reading a study takes, before it is read: "about", from sizes in the header and what was measured.

The figures a pixel are those of tests/bench/bench_coding.py over the corpus; ARCHITECTURE.md has the table.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypedDict

from sqlalchemy import func, select

from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, visible_studies
from app.archive.models import Instance, Series, Study
from app.base.actor import Actor
from app.base.db import Tx

PREVIEW_SIDE = 256
_PREVIEW_BYTES = 7_000  # a JPEG of 256 x 256 grey values
_COLOUR = 1.5  # times as much
_FULL: Mapping[str, float] = MappingProxyType(
    {"CR": 0.45, "CT": 0.45, "DX": 0.8, "MG": 0.8, "MR": 0.45, "NM": 0.2, "PT": 0.5, "RG": 0.8, "XA": 0.4}
)
_FULL_OTHERS = 0.6
_FULL_NARROW = 0.4
_FULL_COLOUR = 1.1


class Weight(TypedDict):
    """Bytes: of the stored files, of all previews, of all frames without loss."""

    files: int
    preview: int
    full: int


def weight_of(files: int, images: Iterable[tuple[str, Mapping[str, Any]]]) -> Weight:
    """`images`: modality and facts of each instance."""
    preview = full = as_stored = 0.0
    for modality, facts in images:
        if not facts.get("renderable"):
            continue
        pixels = facts["rows"] * facts["columns"]
        preview += facts["frames"] * _preview(facts, pixels)
        values = facts["frames"] * pixels * _bytes_a_pixel(modality, facts)
        if _travels_as_stored(facts):
            as_stored += values
        else:
            full += values
    return {"files": files, "preview": round(preview), "full": round(full + min(as_stored, files))}


def _travels_as_stored(facts: Mapping[str, Any]) -> bool:
    """A colour JPEG (PS3.3 C.7.6.1.1.5.1) is in full what the file holds: app/render/passing."""
    lossy = facts.get("lossy")
    return facts["samples"] > 1 and lossy is not None and lossy["method"] in {None, "ISO_10918_1"}


def _preview(facts: Mapping[str, Any], pixels: int) -> float:
    share = min(1.0, pixels / PREVIEW_SIDE**2)
    return _PREVIEW_BYTES * share * (_COLOUR if facts["samples"] > 1 else 1.0)


def _bytes_a_pixel(modality: str, facts: Mapping[str, Any]) -> float:
    if not facts["stored"]:
        return _FULL_COLOUR if facts["samples"] > 1 else _FULL_OTHERS
    if facts["bits_stored"] <= 8:
        return _FULL_NARROW
    return _FULL.get(modality, _FULL_OTHERS)


def weights_of(tx: Tx, actor: Actor, study_ids: Collection[str]) -> dict[str, Weight]:
    """Of the studies of a list, by one image of each series, which stands for the others."""
    query = (
        select(
            Series.study_id,
            Series.modality,
            Study.size,
            func.sum(Instance.frame_count),
            func.min(Instance.id),
        )
        .join(Instance, Instance.series_id == Series.id)
        .join(Study, Study.id == Series.study_id)
        .where(Study.id.in_(study_ids), SHOWN_SERIES, SHOWN_INSTANCE, visible_studies(actor))
        .group_by(Series.id, Study.size)
    )
    rows = tx.session.execute(query).all()
    sampled = select(Instance.id, Instance.facts).where(Instance.id.in_([row[4] for row in rows]))
    facts = {image_id: json.loads(text) for image_id, text in tx.session.execute(sampled)}
    images, sizes = defaultdict(list), {}
    for study_id, modality, size, frames, sample in rows:
        images[study_id].append((modality, facts[sample] | {"frames": frames}))
        sizes[study_id] = size
    return {study_id: weight_of(sizes[study_id], found) for study_id, found in images.items()}
