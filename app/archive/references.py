"""References from one object to images by study and series: of reports, key images and what they rest on. Where a series
became another study's, they are told under that study when the object leaves; the stored bytes stay.

Presentation states and segmentations name series alone, whose identifiers stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.archive.header import Header

STUDY_UID, SERIES, SERIES_UID = 0x0020000D, 0x00081115, 0x0020000E
# Hierarchical references by study (PS3.3 C.17.2, table 10-3b): current and pertinent evidence, identical documents,
# studies containing other referenced instances.
_BY_STUDY = (0x0040A375, 0x0040A385, 0x0040A525, 0x00081200)


@dataclass(frozen=True)
class Referring:
    """One item as it is to be: under which study, and which items of its series it keeps."""

    item: Header
    study_uid: str
    series: list[Header]


def moved_references(header: Header, moved: Iterable[tuple[str, str, str]]) -> dict[int, list[Referring]]:
    """Tag to new items, of the sequences in which a series is named under a study that has it no more. `moved`: old
    study, series, new study.
    """
    homes = {(old, series): new for old, series, new in moved}
    if not homes:
        return {}
    found = {}
    for tag in _BY_STUDY:
        before = header.items(tag)
        after = [one for item in before for one in _split(item, homes)]
        if [one.study_uid for one in after] != [item.uid(STUDY_UID) for item in before]:
            found[tag] = after
    return found


def _split(item: Header, homes: dict[tuple[str, str], str]) -> list[Referring]:
    """An item for each study in which its series are now, the first as they stood."""
    told = item.uid(STUDY_UID)
    by_study: dict[str, list[Header]] = {}
    for series in item.items(SERIES):
        home = homes.get((told, series.uid(SERIES_UID)), told)
        by_study.setdefault(home, []).append(series)
    return [Referring(item, study, series) for study, series in by_study.items()] or [
        Referring(item, told, [])
    ]
