"""An agreement as the demonstration and the tests conclude it: through the same actions as the pages."""

from datetime import timedelta
from typing import Any

from app.base.actor import Actor
from app.base.db import Database, Tx
from consults.agreements.actions import agree_to_agreement, draft_agreement, propose_agreement
from consults.agreements.cover import today
from consults.agreements.schemas import AgreementInput, TermInput
from consults.grounds import Mode
from consults.urgency import DUE_WITHIN, Urgency

CLAUSES = {
    "responsibilities": "Bên yêu cầu quyết định điều trị và chịu trách nhiệm; bên tư vấn trả lời từng câu hỏi bằng văn bản.",
    "infrastructure": "Đường truyền tối thiểu 4 Mbps, kết nối mã hóa; mỗi người một tài khoản, có nhật ký truy cập.",
    "storage": "Ảnh gốc lưu tại bên yêu cầu; nội dung hội chẩn lưu ít nhất 10 năm, sao lưu hằng ngày.",
    "cost": "Theo đơn giá trong bảng; đối soát và thanh toán hằng quý.",
}
MINUTES = {urgency.value: int(DUE_WITHIN[urgency].total_seconds() // 60) for urgency in Urgency}


def conclude(
    db: Database, proposes: Actor, agrees: Actor, *, number: str, terms: tuple[TermInput, ...] = ()
) -> str:
    """In force from today for a year: the hospital of `proposes` asks, that of `agrees` answers. Returns its id."""
    with db.transaction() as tx:
        agreement_id = draft_agreement(tx, proposes, content=_content(tx, proposes, agrees, number, terms))
        propose_agreement(tx, proposes, agreement_id=agreement_id)
    with db.transaction() as tx:
        agree_to_agreement(tx, agrees, agreement_id=agreement_id)
    return agreement_id


def _content(
    tx: Tx, proposes: Actor, agrees: Actor, number: str, terms: tuple[TermInput, ...]
) -> AgreementInput:
    day = today(tx)
    assert proposes.hospital_id is not None
    assert agrees.hospital_id is not None
    return AgreementInput(
        number=number,
        referring_hospital_id=proposes.hospital_id,
        consulting_hospital_id=agrees.hospital_id,
        valid_from=day,
        valid_to=day + timedelta(days=365),
        terms=terms or any_modality(),
        **CLAUSES,
    )


def any_modality(**minutes: int) -> tuple[TermInput, ...]:
    """Each mode, for every modality, with the usual answer times or others."""
    told: dict[str, Any] = MINUTES | minutes
    return tuple(TermInput(mode=mode, service="", price=0, **told) for mode in Mode)


def basis_by(name: str, at: str) -> dict[str, Any]:
    """The least basis that a wish may carry: the patient asked in writing and was told by `name`."""
    return {
        "ground": "patient-request",
        "informed": {"by": name, "at": at, "how": "spoken"},
    }
