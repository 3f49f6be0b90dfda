"""Minutes"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0008"
down_revision = "c0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consult_minutes",
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("secretary_id", sa.String(length=26), nullable=False),
        sa.Column("secretary", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("read_by", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("changed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("circulated_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_minutes_consult_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["secretary_id"], ["person.id"], name=op.f("fk_consult_minutes_secretary_id")
        ),
        sa.PrimaryKeyConstraint("consult_id", name=op.f("pk_consult_minutes")),
    )
    with op.batch_alter_table("consult_minutes", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_consult_minutes_secretary_id"), ["secretary_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("consult_minutes", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_consult_minutes_secretary_id"))
    op.drop_table("consult_minutes")
