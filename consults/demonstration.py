"""The demonstration's agreements, consults and roster: one consult under way, one completed. Made through the same
actions as the pages.
"""

from datetime import datetime, timedelta
from typing import Any

from app.archive.queries import manifest
from app.base.actor import Actor
from app.base.clock import VIETNAM, now
from app.base.db import Database, Tx
from app.base.ids import new_id
from app.base.parts import Demonstration
from app.edge.services import Services
from app.reporting.actions import write_patient_text
from consults.agreements.actions import propose_agreement, revise_agreement
from consults.agreements.samples import any_modality, basis_by, conclude
from consults.agreements.schemas import TermInput
from consults.dispatch.roster import add_shift, keep_group
from consults.dispatch.schemas import GroupInput
from consults.grounds import Mode
from consults.queries import room_state
from consults.wishes import fulfil

HISTORY = (
    "Bệnh nhân nam, tăng huyết áp 10 năm. Sáng nay ngã trong nhà tắm, sau đó đau đầu, nôn 2 lần, Glasgow 14 điểm. "
    "Không sốt, không dấu thần kinh khu trú rõ."
)
CHEST_HISTORY = "Bệnh nhân nữ, ho kéo dài 3 tuần, sút 2 kg, không sốt. X-quang có hình mờ, đã chụp CT ngực."
OPINION = (
    "Không thấy khối choán chỗ trong nhu mô hai phổi. Không tràn dịch, tràn khí màng phổi. Hạch trung thất không to. "
    "Đề nghị điều trị theo hướng viêm phế quản, chụp lại X-quang ngực sau 4 tuần."
)
PATIENT_TEXT = (
    "Phim chụp phổi của bác không thấy khối u. Bác ho có thể do viêm phế quản. Bác uống thuốc theo đơn và chụp lại "
    "phổi sau 4 tuần, hoặc sớm hơn nếu ho ra máu, khó thở hay sốt cao."
)


class _Voice:
    """Somebody who says wishes."""

    def __init__(self, services: Services, actor: Actor) -> None:
        self._services = services
        self._actor = actor
        self.name = actor.name

    def wish(self, name: str, **sent: Any) -> dict[str, Any]:
        days = self._services.settings.consult.access_days
        return fulfil(self._services.db, self._actor, name, sent, access_days=days)


def demonstration(services: Services, made: Demonstration) -> None:
    """Adds both consults between the first two hospitals, and whoever is on call from then on."""
    _agreements(services.db, made)
    _completed(services, made)
    _under_way(services, made)
    _roster(services.db, made)


def _agreements(db: Database, made: Demonstration) -> None:
    """The two smaller hospitals with the large one; of the first a new version waits for the other's consent."""
    tam, ha, yen = made.actors["tam"], made.actors["ha"], made.actors["yen"]
    reading = TermInput(
        mode=Mode.REMOTE_READING,
        modality="CT",
        service="Đọc CT từ xa",
        price=80_000,
        routine=720,
        urgent=120,
        emergency=30,
    )
    terms = (*any_modality(urgent=180), reading)
    agreement_id = conclude(db, tam, ha, number="12/HĐ-HCTX", terms=terms)
    conclude(db, yen, ha, number="15/HĐ-HCTX")
    with db.transaction() as tx:
        newer = revise_agreement(tx, tam, agreement_id=agreement_id)
        propose_agreement(tx, tam, agreement_id=newer)


def _under_way(services: Services, made: Demonstration) -> None:
    hanh, duc = made.actors["hanh"], made.actors["duc"]
    referrer, specialist = _Voice(services, hanh), _Voice(services, duc)
    study_id = made.studies["ct-head"]
    questions = ["Có xuất huyết nội sọ không?", "Có cần chuyển tuyến ngay trong đêm không?"]
    consult_id = _asked(referrer, duc, [study_id], questions, HISTORY, "urgent")
    specialist.wish("consult.accept", consult_id=consult_id)
    mark, view = _mark_and_view(services.db, hanh, study_id)
    _say(referrer, consult_id, "Kính nhờ anh xem giúp vùng này, em thấy đậm độ hơi cao.", view)
    referrer.wish("annotation.put", consult_id=consult_id, annotation=mark)
    _say(specialist, consult_id, "Tôi đang xem. Bệnh nhân có dùng thuốc chống đông không?")
    _say(referrer, consult_id, "Dạ không ạ, chỉ dùng amlodipin 5 mg mỗi ngày.")


def _completed(services: Services, made: Demonstration) -> None:
    hanh, ha = made.actors["hanh"], made.actors["ha"]
    referrer, specialist = _Voice(services, hanh), _Voice(services, ha)
    studies = [made.studies["ct-chest"], made.studies["dx-chest"]]
    questions = ["Có khối u phổi không?"]
    consult_id = _asked(referrer, ha, studies, questions, CHEST_HISTORY, "routine")
    specialist.wish("consult.accept", consult_id=consult_id)
    _say(specialist, consult_id, "Tôi đã nhận ca, sẽ trả lời trong buổi sáng.")
    with services.db.reading() as tx:
        asked = room_state(tx, ha, consult_id)["consult"]["questions"]
    text = "Không thấy khối u phổi trên CT."
    specialist.wish("question.answer", consult_id=consult_id, question_id=asked[0]["id"], text=text)
    report_id = specialist.wish("opinion.give", consult_id=consult_id, text=OPINION)["report_id"]
    specialist.wish("consult.complete", consult_id=consult_id)
    with services.db.transaction() as tx:
        write_patient_text(tx, hanh, report_id=report_id, text=PATIENT_TEXT)


def _roster(db: Database, made: Demonstration) -> None:
    """Both specialists are on call around the clock, until the end of the next week."""
    mai, pair = made.actors["mai"], (made.actors["duc"].id, made.actors["ha"].id)
    begin = now().astimezone(VIETNAM).replace(hour=7, minute=0, second=0, microsecond=0)
    monday = begin - timedelta(days=begin.weekday() + 1)
    group = GroupInput(name="Chẩn đoán hình ảnh", modalities=("CT", "DX", "MR"), members=pair)
    with db.transaction() as tx:
        group_id = keep_group(tx, mai, group_id=None, content=group)
        for day in range(15):
            for person_id in pair:
                _on_call(tx, mai, group_id, person_id, monday + timedelta(days=day))


def _on_call(tx: Tx, mai: Actor, group_id: str, person_id: str, begins_at: datetime) -> None:
    ends_at = begins_at + timedelta(days=1)
    add_shift(tx, mai, group_id=group_id, person_id=person_id, begins_at=begins_at, ends_at=ends_at)


def _asked(
    referrer: _Voice, whom: Actor, study_ids: list[str], questions: list[str], history: str, urgency: str
) -> str:
    wish = {"study_ids": study_ids, "questions": questions, "history": history, "urgency": urgency}
    basis = basis_by(referrer.name, now().isoformat())
    asked = referrer.wish("consult.create", **wish, basis=basis, hospital_id=whom.hospital_id)
    consult_id: str = asked["id"]
    referrer.wish("consult.request", consult_id=consult_id)
    return consult_id


def _say(voice: _Voice, consult_id: str, text: str, view: dict[str, Any] | None = None) -> None:
    voice.wish("message.post", consult_id=consult_id, client_id=new_id(), text=text, view=view)


def _mark_and_view(db: Database, actor: Actor, study_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """An arrow in the middle of the stack, and the view it is meant to be seen in."""
    with db.reading() as tx:
        series = manifest(tx, actor, study_id)["series"][0]
    image = series["instances"][len(series["instances"]) // 2]
    centre = [image["columns"] * 0.5, image["rows"] * 0.5]
    tail, head = [centre[0] * 1.58, centre[1] * 0.62], [centre[0] * 1.27, centre[1] * 0.95]  # the bleeding
    mark = {
        "id": new_id(),
        "kind": "arrow",
        "graphic_type": "POLYLINE",
        "points": [tail, head],
        "text": "Vùng này?",
        "study_id": study_id,
        "sop_instance_uid": image["sop_instance_uid"],
        "frame_number": 1,
    }
    view = {
        "study_id": study_id,
        "series_instance_uid": series["series_instance_uid"],
        "sop_instance_uid": image["sop_instance_uid"],
        "frame_number": 1,
        "window": {"center": 40, "width": 80},
        "zoom": 1.4,
        "centre": centre,
        "rotation": 0,
        "flip": False,
        "invert": False,
    }
    return mark, view
