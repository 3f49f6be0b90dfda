"""What administrators change of webhooks and the outbox leaves a line in the audit log; one's own bell does not."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditRecord
from app.base.db import Tx
from app.notify import actions
from app.notify.lifecycle import Kind, OutgoingState
from app.notify.models import Outgoing
from app.notify.webhooks import WebhookInput
from tests.app.notify.conftest import Office

UNRECORDED = {
    "drop_old_notices": "what was told three months ago",
    "drop_old_outgoing": "what ended three months ago",
    "drop_outgoing_of": "the closing of an account is recorded by who does it",
    "notify": "a sentence on a page; what it tells of is recorded by who does it",
    "read_all_notices": "one's own bell",
    "read_notice": "one's own bell",
    "read_notices_about": "one's own bell",
    "readdress_outgoing": "the change of an account is recorded by who does it",
    "set_preference": "one's own wishes",
    "tell_programs": "what it tells of is recorded by who does it; the outbox keeps the call",
}
WISH = WebhookInput("HIS", "https://his.example.vn", frozenset({Kind.CASE}))


def _acts(office: Office) -> dict[str, Callable[[Tx], object]]:
    dung = office.cast.dung

    def made(tx: Tx) -> str:
        return actions.create_webhook(tx, dung, wish=WISH)

    def waiting() -> str:
        return office.rows()[0].id

    def failed(tx: Tx) -> int:
        tx.session.get_one(Outgoing, waiting()).state = OutgoingState.FAILED
        return actions.resend_failed(tx, dung)

    return {
        "create_webhook": made,
        "delete_webhook": lambda tx: actions.delete_webhook(tx, dung, webhook_id=made(tx)),
        "renew_secret": lambda tx: actions.renew_secret(tx, dung, webhook_id=made(tx)),
        "resend_failed": failed,
        "resend_outgoing": lambda tx: actions.resend_outgoing(tx, dung, outgoing_id=waiting()),
        "stop_outgoing": lambda tx: actions.stop_outgoing(tx, dung, outgoing_id=waiting()),
        "try_mail": lambda tx: actions.try_mail(tx, dung, email="dung@example.vn", language="vi"),
        "try_webhook": lambda tx: actions.try_webhook(tx, dung, webhook_id=made(tx)),
        "update_webhook": lambda tx: actions.update_webhook(tx, dung, webhook_id=made(tx), wish=WISH),
    }


def test_no_action_is_forgotten(office: Office) -> None:
    assert set(actions.__all__) == set(_acts(office)) | set(UNRECORDED)


@pytest.mark.parametrize("name", sorted(set(actions.__all__) - set(UNRECORDED)))
def test_an_action_leaves_its_line_without_the_secret(office: Office, name: str) -> None:
    office.tell(office.cast.alice)
    with office.db.transaction() as tx:
        before = tx.session.scalar(select(func.count()).select_from(AuditRecord)) or 0
        _acts(office)[name](tx)
        tx.session.flush()
        details = list(tx.session.scalars(select(AuditRecord.detail).order_by(AuditRecord.id)))[before:]
    made_first = name in {"delete_webhook", "renew_secret", "try_webhook", "update_webhook"}
    assert len(details) == 1 + made_first
    assert not any("whsec_" in detail or "@example" in detail for detail in details)
