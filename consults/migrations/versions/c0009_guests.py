"""Invitations of people without an account"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0009"
down_revision = "c0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consult_guest",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("licence_number", sa.String(length=40), nullable=False),
        sa.Column("hospital", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("hides_identity", sa.Boolean(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("until", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.String(length=26), nullable=False),
        sa.Column("invited_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("code_used_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_guest_consult_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_consult_guest_invited_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consult_guest_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_guest")),
        sa.UniqueConstraint("person_id", name=op.f("uq_consult_guest_person_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_consult_guest_token_digest")),
    )
    with op.batch_alter_table("consult_guest", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_consult_guest_consult_id"), ["consult_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("consult_guest", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_consult_guest_consult_id"))
    op.drop_table("consult_guest")
