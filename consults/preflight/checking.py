"""What stands against sending studies: found anew each time, from what the archive and the hospital's protocols say."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.archive.names import fold
from app.archive.preflight import StudyLook, look_at
from app.archive.queries import StudyInfo, study_info
from app.base.actor import Actor
from app.base.db import Tx
from consults.preflight.findings import LACKING, MENDS, Finding, FindingCode
from consults.preflight.models import ConsultProtocol

_PAIRED = frozenset(
    {
        "ANKLE", "ARM", "BREAST", "CALCANEUS", "CLAVICLE", "EAR", "ELBOW", "EYE", "FEMUR", "FINGER", "FOOT", "FOREARM",
        "HAND", "HIP", "HUMERUS", "KNEE", "LEG", "MASTOID", "PATELLA", "SCAPULA", "SHOULDER", "TOE", "WRIST",
    }
)  # fmt: skip


def check_studies(tx: Tx, actor: Actor, study_ids: Iterable[str]) -> list[Finding]:
    """Study by study; NotFound when one of them is not the actor's to see."""
    return [finding for study_id in study_ids for finding in _check(tx, actor, study_id)]


def missing_series(tx: Tx, actor: Actor, study_id: str) -> list[str]:
    """What the protocol wants and does not find; NotFound for whom the study is not."""
    return _missing_series(tx, study_info(tx, actor, study_id), look_at(tx, actor, study_id))


def _check(tx: Tx, actor: Actor, study_id: str) -> list[Finding]:
    info, look = study_info(tx, actor, study_id), look_at(tx, actor, study_id)
    found = [
        *_of_arrival(look),
        *((FindingCode.MISSING_SERIES, wanted) for wanted in _missing_series(tx, info, look)),
        *_of_identity(info, look),
        *_of_series(look),
    ]
    arriving = look.arrival.is_arriving
    return [_with_mend(actor, info, code, detail, is_arriving=arriving) for code, detail in found]


def _of_arrival(look: StudyLook) -> list[tuple[FindingCode, str]]:
    arrival = look.arrival
    about = f"{arrival.images}/{arrival.expected}" if arrival.expected else str(arrival.images)
    found = [(FindingCode.INCOMPLETE, about)] if arrival.is_arriving else []
    return [*found, (FindingCode.DAMAGED, str(look.damaged))] if look.damaged else found


def _of_identity(info: StudyInfo, look: StudyLook) -> list[tuple[FindingCode, str]]:
    found = [(FindingCode.CHARSET, info.guessed_charset)] if info.guessed_charset else []
    whole = (info.patient_name, info.patient_id, info.birth_date, not look.files_aside)
    lacking = [what for what, value in zip(LACKING, whole, strict=True) if not value]
    return [*found, (FindingCode.IDENTITY, ", ".join(lacking))] if lacking else found


def _of_series(look: StudyLook) -> list[tuple[FindingCode, str]]:
    sideless = [one for one in look.series if one.body_part.upper() in _PAIRED and not one.has_side]
    parts = sorted({one.body_part for one in sideless})
    if look.side_unreliable:
        parts = parts or list(look.modalities)
    unmeasured = [one.description or f"#{one.number}" for one in look.series if not one.has_spacing]
    found = [(FindingCode.LATERALITY, ", ".join(parts))] if parts else []
    return (
        [*found, (FindingCode.SPACING, ", ".join(dict.fromkeys(unmeasured))[:200])] if unmeasured else found
    )


def _missing_series(tx: Tx, info: StudyInfo, look: StudyLook) -> list[str]:
    """What the first protocol that fits wants and does not find. An arriving study may still bring it."""
    mine = ConsultProtocol.hospital_id == info.hospital_id
    query = select(ConsultProtocol).where(mine, ConsultProtocol.modality.in_(look.modalities))
    named = [fold(look.description), *(fold(one.body_part) for one in look.series)]
    for protocol in tx.session.scalars(query.order_by(ConsultProtocol.words.desc(), ConsultProtocol.id)):
        if not protocol.words or any(fold(word) in name for word in protocol.words.split() for name in named):
            described = [fold(one.description) for one in look.series]
            return [
                " / ".join(wanted.split("|"))
                for wanted in protocol.series
                if not _is_there(wanted, described)
            ]
    return []


def _is_there(wanted: str, described: Sequence[str]) -> bool:
    """`wanted`: words with a bar between them, of which one is enough."""
    return any(fold(word.strip()) in name for word in wanted.split("|") for name in described)


def _with_mend(
    actor: Actor, info: StudyInfo, code: FindingCode, detail: str, *, is_arriving: bool
) -> Finding:
    address, permission, label = MENDS.get(code, ("", None, ""))
    may = (
        permission is not None and actor.allows(permission) and ("{device}" not in address or info.device_id)
    )
    mend = address.format(device=info.device_id, study=info.id) if may else ""
    may_come = is_arriving and code is FindingCode.MISSING_SERIES
    return Finding(code, info.id, detail, mend, label if may else "", may_come)
