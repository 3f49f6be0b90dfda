"""Everything that can happen to minutes, once at least."""

from collections.abc import Callable
from typing import Any

from consults.minutes import actions
from consults.minutes.queries import MinutesInfo, minutes_info
from tests.consults.conftest import Clinic


def life_of_minutes(clinic: Clinic, consult_id: str) -> list[Callable[[], Any]]:
    """Bob takes the pen and hands it to Alice, who writes; both have been in the room."""
    alice, bob = clinic.cast.alice, clinic.cast.bob

    def do(actor: Any, deed: str, **more: Any) -> Callable[[], Any]:
        def done() -> None:
            with clinic.db.transaction() as tx:
                getattr(actions, f"{deed}_minutes")(tx, actor, consult_id=consult_id, **more)

        return done

    def save() -> None:
        with clinic.db.transaction() as tx:
            info = minutes_info(tx, alice, consult_id)
            assert isinstance(info, MinutesInfo)
            assert info.content
            actions.save_minutes(tx, alice, consult_id=consult_id, version=info.version, content=info.content)

    return [
        do(bob, "take"),
        do(bob, "hand", person_id=alice.id),
        do(alice, "circulate", version=1),
        do(bob, "read", version=1),
        do(bob, "remark", text="Thiếu chẩn đoán."),
        save,
        do(alice, "circulate", version=2),
        do(alice, "close", version=2),
    ]
