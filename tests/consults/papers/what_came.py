"""A case with all that comes of one: a joint opinion, a decision and an outcome."""

from tests.consults.conftest import Clinic


def jointly_completed(clinic: Clinic) -> str:
    """Binh has signed Bob's opinion."""
    cast, consult_id = clinic.cast, clinic.answered()
    invited = {"person_id": cast.binh.id, "kind": "joint"}
    clinic.wish(cast.bob, "reader.invite", consult_id=consult_id, **invited)
    clinic.wish(cast.binh, "reader.consent", consult_id=consult_id)
    clinic.wish(cast.alice, "consult.complete", consult_id=consult_id)
    return consult_id


def tell_what_came_of_it(clinic: Clinic, consult_id: str) -> None:
    """Alice followed the opinion in part; it was something else."""
    alice = clinic.cast.alice
    decided = {"follows": "partly", "text": "Theo dõi thêm"}
    came = {"agreement": "disagree", "diagnosis": "Máu tụ", "source": "Mổ"}
    clinic.wish(alice, "decision.record", consult_id=consult_id, **decided)
    clinic.wish(alice, "outcome.report", consult_id=consult_id, **came)
