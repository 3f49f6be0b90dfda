"""Several readers and their grades"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0007"
down_revision = "c0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consult_reader",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("person", sa.JSON(), nullable=False),
        sa.Column("hospital_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("inviter_id", sa.String(length=26), nullable=False),
        sa.Column("invited_by", sa.JSON(), nullable=False),
        sa.Column("invited_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("consented_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("given_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_reader_consult_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospital.id"], name=op.f("fk_consult_reader_hospital_id")),
        sa.ForeignKeyConstraint(["inviter_id"], ["person.id"], name=op.f("fk_consult_reader_inviter_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consult_reader_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_reader")),
        sa.UniqueConstraint("consult_id", "person_id", name=op.f("uq_consult_reader_consult_id_person_id")),
    )
    with op.batch_alter_table("consult_reader", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consult_reader_person_id"), ["person_id"], unique=False)
    op.create_table(
        "consult_reading",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("reader_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("conclusions", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["consult_reader.id"],
            name=op.f("fk_consult_reading_reader_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_reading")),
        sa.UniqueConstraint("reader_id", "version", name=op.f("uq_consult_reading_reader_id_version")),
    )
    op.create_table(
        "consult_grade",
        sa.Column("reader_id", sa.String(length=26), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(length=26), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_consult_grade_by_id")),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["consult_reader.id"], name=op.f("fk_consult_grade_reader_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reader_id", name=op.f("pk_consult_grade")),
    )


def downgrade() -> None:
    op.drop_table("consult_grade")
    op.drop_table("consult_reading")
    with op.batch_alter_table("consult_reader", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consult_reader_person_id"))
    op.drop_table("consult_reader")
