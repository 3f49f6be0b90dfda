"""Whether somebody may be in the call of a consult."""

from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict
from consults.access import consult_for, verbs_for
from consults.lifecycle import CALLED_OFF, Verb


def check_call(tx: Tx, actor: Actor, consult_id: str) -> None:
    """Whoever may talk in this consult now may be in its call. Raises NotFound, Forbidden or Conflict."""
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, consult_id)
    if Verb.DISCUSS not in verbs_for(consult, actor):
        raise Conflict("wrong_state", "The consult is in a state that does not allow this. Reload the page.")


def check_leading(tx: Tx, actor: Actor, consult_id: str) -> None:
    """Nobody begins to lead where there is nothing to look at any more. Raises NotFound or Conflict."""
    if consult_for(tx, actor, consult_id).state in CALLED_OFF:
        raise Conflict("wrong_state", "The consult is in a state that does not allow this. Reload the page.")
