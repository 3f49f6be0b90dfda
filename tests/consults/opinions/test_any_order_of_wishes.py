"""Whatever anybody wishes in whatever order: only the table's moves succeed, and record, rights and screens agree."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app.archive.queries import study_info
from app.audit.models import AuditRecord
from app.base.actor import Actor
from app.base.errors import HoichanError, NotFound
from app.base.ids import new_id
from consults.models import ConsultStep
from tests import dicomgen
from tests.consults.conftest import Clinic
from tests.consults.folding import fold
from tests.consults.test_lifecycle import EXPECTED, SENT_BACK_UNACCEPTED, A, B, C, D, R, S

VERBS = {
    "consult.accept": "accept",
    "consult.cancel": "cancel",
    "consult.complete": "complete",
    "consult.hold": "hold",
    "consult.reject": "reject",
    "consult.reopen": "reopen",
    "consult.request": "request",
    "consult.reschedule": "reschedule",
    "consult.resubmit": "resubmit",
    "consult.resume": "resume",
    "consult.start": "start",
    "consult.withdraw": "withdraw",
    "decision.record": "decide",
    "message.post": "discuss",
    "opinion.give": "conclude",
    "outcome.report": "outcome",
    "question.answer": "answer",
    "reader.consent": "consent",
    "reader.dismiss": "dismiss",
    "reader.invite": "invite",
    "reader.leave": "leave",
    "reading.give": "read",
}
SEAT_OF_KIND = {"blind": B, "joint": A, "separate": D}
LIVES_ON = {"accepted", "completed", "in-progress", "on-hold", "requested"}
PEOPLE = ("alice", "dao", "bob", "binh", "chi")
AHEAD = (
    ("alice", "consult.request"),
    ("bob", "consult.accept"),
    ("bob", "question.answer"),
    ("bob", "question.answer"),
    ("bob", "opinion.give"),
    ("alice", "consult.complete"),
)


class AnyOrder(RuleBasedStateMachine):
    """One consult, and what a reader of the table alone believes about it."""

    def __init__(self, clinic: Clinic) -> None:
        super().__init__()
        self.clinic = clinic
        self.study_id = clinic.store(dicomgen.ct_slice(study=new_id()))
        content = clinic.content(study_ids=[self.study_id])
        self.consult_id: str = clinic.wish(clinic.cast.alice, "consult.create", **content)["id"]
        asked = clinic.state(clinic.cast.alice, self.consult_id)
        self.open = [question["id"] for question in asked["consult"]["questions"]]
        self.question = self.open[0]
        self.concluded = [{"question_id": question, "text": "có"} for question in self.open]
        self.state, self.was_asked, self.opinion = "draft", False, False
        self.consultant: str | None = None
        self.chi: str | None = None  # what chi was asked to be
        self.kind, self.chi_gave, self.chi_signed = "separate", False, False
        self.seen = {"alice": asked}

    @rule(kind=st.sampled_from(sorted(SEAT_OF_KIND)))
    def the_next_invitation_is_of_this_kind(self, kind: str) -> None:
        self.kind = kind

    @rule(who=st.sampled_from(PEOPLE), name=st.sampled_from(sorted(VERBS)))
    def anybody_wishes_anything(self, who: str, name: str) -> None:
        self._wish(who, name)

    @rule(pick=st.integers(0, 1000))
    def somebody_wishes_what_they_may(self, pick: int) -> None:
        """Chance alone seldom comes far."""
        may = [(who, name) for who in PEOPLE for name in VERBS if self._leads(who, name)]
        if may:
            self._wish(*may[pick % len(may)])

    @initialize(steps=st.sampled_from((0, 2, len(AHEAD))))
    def it_has_come_so_far(self, steps: int) -> None:
        for who, name in AHEAD[:steps]:
            self._wish(who, name)

    def _actor(self, who: str) -> Actor:
        actor: Actor = getattr(self.clinic.cast, who)
        return actor

    def _seats(self, who: str) -> set[Any]:
        if who == "alice" or (who == "dao" and self.was_asked):
            return {R}
        if who == "chi" and self.chi is not None:
            return {D} if self.chi == "blind" and self.chi_gave else {SEAT_OF_KIND[self.chi]}
        if who in {"bob", "binh"} and self.was_asked:
            return {S, C} if who == self.consultant else {S}
        return set()

    def _leads(self, who: str, name: str) -> str | None:
        """Where the wish has to lead; None: it has to be refused."""
        verb = VERBS[name]
        unaccepted = self.state == "on-hold" and self.consultant is None
        step = SENT_BACK_UNACCEPTED.get(verb) if unaccepted else EXPECTED.get((self.state, verb))
        if step is None or not step[1] & self._seats(who):
            return None
        return None if self._is_barred(who, verb) else step[0]

    def _is_barred(self, who: str, verb: str) -> bool:
        """What the table alone does not say."""
        unconcluded = bool(self.open) or not self.opinion
        bound = self.chi_gave or (self.chi == "joint" and self.state == "completed")
        return {
            "complete": unconcluded or (self.chi == "joint" and not self.chi_signed),
            "consent": unconcluded,
            "dismiss": self.chi is None or bound,
            "invite": self.chi is not None
            or who not in {"alice", "dao"}
            or (self.kind == "joint" and self.state == "completed"),
            "leave": bound,
            "read": self.chi == "blind" and self.chi_gave,
            "withdraw": self.opinion,
        }.get(verb, False)

    def _wish(self, who: str, name: str) -> None:
        to = self._leads(who, name)
        self.question = self.open[0] if self.open else self.question
        sent = {"consult_id": self.consult_id, **self._fields(name)}
        if to is None:
            with pytest.raises(HoichanError):
                self.clinic.wish(self._actor(who), name, **sent)
            return
        self.clinic.wish(self._actor(who), name, **sent)
        self.state = to
        self._learn(who, VERBS[name])

    def _fields(self, name: str) -> dict[str, Any]:
        fields: dict[str, dict[str, Any]] = {
            "consult.cancel": {"reason": "không cần nữa"},
            "consult.hold": {"code": "poor-image"},
            "consult.reject": {"reason": "không đúng chuyên khoa"},
            "consult.reopen": {"reason": "đau trở lại"},
            "consult.reschedule": {"due_at": "2090-01-01T00:00:00Z"},
            "consult.resubmit": {"note": "đã chụp lại"},
            "decision.record": {"follows": "fully", "text": "chuyển tuyến"},
            "message.post": {"client_id": new_id(), "text": "xin chào"},
            "opinion.give": {"text": "không thấy xuất huyết", "version": self._version(None)},
            "outcome.report": {"agreement": "agree", "diagnosis": "không có u"},
            "question.answer": {
                "question_id": self.question,
                "text": "không",
                "version": self._version(self.question),
            },
            "reader.dismiss": {"person_id": self.clinic.cast.chi.id},
            "reader.invite": {"person_id": self.clinic.cast.chi.id, "kind": self.kind},
            "reading.give": {
                "conclusions": self.concluded,
                "text": "có xuất huyết",
                "version": self._reading_version(),
            },
        }
        return fields.get(name, {})

    def _version(self, question_id: str | None) -> int:
        return self.clinic.version(self.consult_id, question_id)

    def _reading_version(self) -> int:
        readers = self.clinic.state(self.clinic.cast.alice, self.consult_id)["opinions"]["readers"]
        given = [one["reading"] for one in readers if one["reading"]]
        return given[0]["version"] if given else 0

    def _learn(self, who: str, verb: str) -> None:
        self.was_asked = self.was_asked or verb == "request"
        self.opinion = self.opinion or verb == "conclude"
        if verb == "accept":
            self.consultant = who
        elif verb == "withdraw":
            self.consultant = None
        elif verb == "answer" and self.open:
            self.open.remove(self.question)
        if verb in {"answer", "conclude"}:
            self.chi_signed = False
        self._learn_of_chi(verb)

    def _learn_of_chi(self, verb: str) -> None:
        if verb in {"dismiss", "leave"}:
            self.chi = None
            self.seen.pop("chi", None)
        elif verb == "invite":
            self.chi, self.chi_gave, self.chi_signed = self.kind, False, False
        elif verb == "consent":
            self.chi_signed = True
        elif verb == "read":
            self.chi_gave = True
            if self.chi == "blind":  # they are shown what was hidden: the page is fetched anew
                self.seen.pop("chi", None)

    @invariant()
    def old_screens_catch_up(self) -> None:
        for who in ("alice", "bob", "chi"):
            if self._seats(who):
                actor = self._actor(who)
                fresh = self.clinic.state(actor, self.consult_id)
                before = self.seen.get(who, fresh)
                caught_up = fold(before, self.clinic.events(actor, self.consult_id, before["head"]))
                assert caught_up == fresh
                assert fresh["consult"]["state"] == self.state
                self.seen[who] = fresh

    @invariant()
    def every_event_is_recorded_once(self) -> None:
        numbers = [event["number"] for event in self.clinic.events(self.clinic.cast.alice, self.consult_id)]
        with self.clinic.db.reading() as tx:
            about = (AuditRecord.subject_id == self.consult_id, AuditRecord.action != "R")
            recorded = tx.session.scalar(select(func.count()).select_from(AuditRecord).where(*about))
            mine = (ConsultStep.consult_id == self.consult_id, ConsultStep.left_at.is_(None))
            standing = tx.session.scalars(select(ConsultStep.state).where(*mine)).all()
        assert numbers == list(range(1, len(numbers) + 1))
        assert recorded == len(numbers)
        assert standing == [self.state]

    @invariant()
    def the_right_to_the_images_goes_with_the_state(self) -> None:
        assert self._sees("bob") == (self.state in LIVES_ON)
        assert self._sees("chi") == (self.state in LIVES_ON and self.chi is not None)

    def _sees(self, who: str) -> bool:
        with self.clinic.db.reading() as tx:
            try:
                return bool(study_info(tx, self._actor(who), self.study_id))
            except NotFound:
                return False


def test_any_order_of_wishes_by_anybody_keeps_the_table(sqlite_clinic: Clinic) -> None:
    class Here(AnyOrder):
        def __init__(self) -> None:
            super().__init__(sqlite_clinic)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
