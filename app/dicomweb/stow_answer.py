"""The answer of STOW-RS (PS3.18 section 10.5.3 and annex I): which instances were stored, which not, and why."""

from dataclasses import dataclass

from app.archive.failures import comment, failure_of
from app.archive.part10 import Part10
from app.base.errors import HoichanError, Unavailable
from app.dicomweb.dicom_json import Json, attribute


@dataclass(frozen=True)
class Outcome:
    """What became of one part; without `part10` when it could not even be read."""

    part10: Part10 | None
    error: HoichanError | None

    @property
    def reason(self) -> int:
        assert self.error is not None  # asked of failures only
        return failure_of(self.error)


def status_of(outcomes: list[Outcome]) -> int:
    """PS3.18 table 10.5.3-1: all stored, some, none; none for lack of room is worth trying again."""
    failed = [outcome.error for outcome in outcomes if outcome.error is not None]
    if not failed:
        return 200
    if len(failed) < len(outcomes):
        return 202
    return 503 if any(isinstance(error, Unavailable) for error in failed) else 409


def answer(outcomes: list[Outcome], root: str) -> Json:
    """The Store Instances Response Module (PS3.18 annex I); `root` is the address the retrieve URLs begin with."""
    stored = [item.part10 for item in outcomes if item.error is None and item.part10 is not None]
    failed = [item for item in outcomes if item.error is not None and item.part10 is not None]
    unread = [item for item in outcomes if item.error is not None and item.part10 is None]
    studies = {part10.study.study_instance_uid for part10 in stored}
    found: Json = {}
    if len(studies) == 1:
        found["00081190"] = attribute("UR", f"{root}/studies/{studies.pop()}")
    if failed:
        found["00081198"] = {"vr": "SQ", "Value": [_failed(item) for item in failed]}
    if stored:
        found["00081199"] = {"vr": "SQ", "Value": [_stored(part10, root) for part10 in stored]}
    if unread:
        found["0008119A"] = {"vr": "SQ", "Value": [_reason(item) for item in unread]}
    return found


def _reference(part10: Part10) -> Json:
    return {
        "00081150": attribute("UI", part10.sop_class_uid),
        "00081155": attribute("UI", part10.sop_instance_uid),
    }


def _stored(part10: Part10, root: str) -> Json:
    series = f"{root}/studies/{part10.study.study_instance_uid}/series/{part10.series.series_instance_uid}"
    return {
        **_reference(part10),
        "00081190": attribute("UR", f"{series}/instances/{part10.sop_instance_uid}"),
    }


def _failed(item: Outcome) -> Json:
    assert item.part10 is not None  # chosen so by `answer`
    return {**_reference(item.part10), **_reason(item)}


def _reason(item: Outcome) -> Json:
    """The code, and in Error Comment the sentence that a person can act on, as far as it fits."""
    return {"00000902": attribute("LO", comment(str(item.error))), "00081197": attribute("US", item.reason)}
