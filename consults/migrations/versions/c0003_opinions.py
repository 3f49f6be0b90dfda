"""Several opinions, what was decided, and what came of it"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0003"
down_revision = "c0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("consult", schema=None) as batch_op:
        batch_op.add_column(sa.Column("return_reason", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("resubmission", sa.Text(), nullable=True))
    op.create_table(
        "consult_step",
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("entered_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("left_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("entered_by", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_step_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consult_id", "number", name=op.f("pk_consult_step")),
    )
    op.create_table(
        "consult_decision",
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("follows", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_decision_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consult_id", name=op.f("pk_consult_decision")),
    )
    op.create_table(
        "consult_outcome",
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("agreement", sa.String(length=16), nullable=False),
        sa.Column("diagnosis", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_outcome_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consult_id", name=op.f("pk_consult_outcome")),
    )


def downgrade() -> None:
    op.drop_table("consult_outcome")
    op.drop_table("consult_decision")
    op.drop_table("consult_step")
    with op.batch_alter_table("consult", schema=None) as batch_op:
        batch_op.drop_column("resubmission")
        batch_op.drop_column("return_reason")
