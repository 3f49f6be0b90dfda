"""Attachments, laboratory values and what is checked before a case is sent"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0004"
down_revision = "c0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consult_attachment",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_attachment_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_attachment")),
    )
    with op.batch_alter_table("consult_attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consult_attachment_consult_id"), ["consult_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consult_attachment_digest"), ["digest"], unique=False)
    op.create_table(
        "consult_lab_value",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("flag", sa.String(length=4), nullable=False),
        sa.Column("taken_at", sa.String(length=40), nullable=False),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_lab_value_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_lab_value")),
    )
    with op.batch_alter_table("consult_lab_value", schema=None) as batch_op:
        batch_op.create_index("ix_consult_lab_value_order", ["consult_id", "place"], unique=False)
    op.create_table(
        "consult_check",
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_check_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consult_id", name=op.f("pk_consult_check")),
    )
    op.create_table(
        "consult_protocol",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("hospital_id", sa.String(length=26), nullable=False),
        sa.Column("modality", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("series", sa.JSON(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_consult_protocol_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_protocol")),
    )
    with op.batch_alter_table("consult_protocol", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consult_protocol_hospital_id"), ["hospital_id"], unique=False)

    op.create_table(
        "consult_start",
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_start_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consult_id", name=op.f("pk_consult_start")),
    )


def downgrade() -> None:
    op.drop_table("consult_start")
    op.drop_table("consult_protocol")
    op.drop_table("consult_check")
    op.drop_table("consult_lab_value")
    op.drop_table("consult_attachment")
