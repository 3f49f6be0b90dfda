"""What was read"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "a0004"
down_revision = "a0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("opening_id", sa.String(length=26), nullable=False),
        sa.Column("study_id", sa.String(length=26), nullable=False),
        sa.Column("reader_id", sa.String(length=26), nullable=False),
        sa.Column("reader_name", sa.String(length=200), nullable=False),
        sa.Column("opened_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reported_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("left_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("series", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_reading_study_id_study")),
        sa.PrimaryKeyConstraint("opening_id", name=op.f("pk_reading")),
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_study_id"), ["study_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_closed_at"), ["closed_at"], unique=False)
