"""Recordings of what was said and shown in a room"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0010"
down_revision = "c0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consult_recording",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.JSON(), nullable=False),
        sa.Column("asked_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.Column("began_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("first", sa.Integer(), nullable=True),
        sa.Column("last", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_recording_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_recording")),
    )
    with op.batch_alter_table("consult_recording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consult_recording_consult_id"), ["consult_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consult_recording_state"), ["state"], unique=False)
    op.create_table(
        "consult_recording_piece",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("recording_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("take", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("offset_ms", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["consult_recording.id"],
            name=op.f("fk_consult_recording_piece_recording_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_recording_piece")),
        sa.UniqueConstraint(
            "recording_id",
            "take",
            "kind",
            "number",
            name=op.f("uq_consult_recording_piece_recording_id_take_kind_number"),
        ),
    )
    with op.batch_alter_table("consult_recording_piece", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consult_recording_piece_digest"), ["digest"], unique=False)


def downgrade() -> None:
    op.drop_table("consult_recording_piece")
    op.drop_table("consult_recording")
