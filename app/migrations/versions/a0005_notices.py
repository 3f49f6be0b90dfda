"""Notices, deliveries and webhooks"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "a0005"
down_revision = "a0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notice") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=20), server_default="archive", nullable=False))
        batch_op.add_column(sa.Column("subject", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(batch_op.f("ix_notice_subject"), ["subject"], unique=False)
    _outgoing()
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("hospital_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=80), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospital.id"], name=op.f("fk_webhook_hospital_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_hospital_id"), "webhook", ["hospital_id"], unique=False)
    op.create_table(
        "notify_preference",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("mail_kinds", sa.Text(), nullable=False),
        sa.Column("messenger_kinds", sa.Text(), nullable=False),
        sa.Column("messenger", sa.String(length=80), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=False),
        sa.Column("quiet_to", sa.String(length=5), nullable=False),
        sa.Column("digest", sa.String(length=8), nullable=False),
        sa.Column("changed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notify_preference_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notify_preference")),
    )


def _outgoing() -> None:
    op.create_table(
        "outgoing",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("hospital_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("webhook_id", sa.String(length=26), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("since", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospital.id"], name=op.f("fk_outgoing_hospital_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
    )
    with op.batch_alter_table("outgoing") as batch_op:
        batch_op.create_index("ix_outgoing_due", ["state", "next_try_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_hospital_id"), ["hospital_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("notify_preference")
    op.drop_table("webhook")
    op.drop_table("outgoing")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_subject"))
        for name in ("urgent", "subject", "kind"):
            batch_op.drop_column(name)
