"""The first tables"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0001"
down_revision = None
branch_labels = ("consults",)
depends_on = "a0001"


def upgrade() -> None:
    op.create_table(
        "consult_counter",
        sa.Column("hospital_id", sa.String(length=26), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_consult_counter_hospital_id")
        ),
        sa.PrimaryKeyConstraint("hospital_id", "year", name=op.f("pk_consult_counter")),
    )
    op.create_table(
        "consult",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("due_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("report_id", sa.String(length=26), nullable=True),
        sa.Column("access_days", sa.Integer(), nullable=False),
        sa.Column("access_ends_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("patient_name", sa.String(length=400), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("patient_birth_date", sa.String(length=8), nullable=False),
        sa.Column("patient_sex", sa.String(length=16), nullable=False),
        sa.Column("referring_hospital_id", sa.String(length=26), nullable=False),
        sa.Column("referrer_id", sa.String(length=26), nullable=False),
        sa.Column("consulting_hospital_id", sa.String(length=26), nullable=False),
        sa.Column("addressee_id", sa.String(length=26), nullable=True),
        sa.Column("consultant_id", sa.String(length=26), nullable=True),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("requested_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("changed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["addressee_id"], ["person.id"], name=op.f("fk_consult_addressee_id")),
        sa.ForeignKeyConstraint(["consultant_id"], ["person.id"], name=op.f("fk_consult_consultant_id")),
        sa.ForeignKeyConstraint(
            ["consulting_hospital_id"], ["hospital.id"], name=op.f("fk_consult_consulting_hospital_id")
        ),
        sa.ForeignKeyConstraint(["referrer_id"], ["person.id"], name=op.f("fk_consult_referrer_id")),
        sa.ForeignKeyConstraint(
            ["referring_hospital_id"], ["hospital.id"], name=op.f("fk_consult_referring_hospital_id")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_consult_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult")),
        sa.UniqueConstraint("number", name=op.f("uq_consult_number")),
    )
    with op.batch_alter_table("consult", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consult_addressee_id"), ["addressee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consult_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_consult_consultant_id"), ["consultant_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_consult_consulting_hospital_id"), ["consulting_hospital_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_consult_referrer_id"), ["referrer_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_consult_referring_hospital_id"), ["referring_hospital_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_consult_state"), ["state"], unique=False)

    op.create_table(
        "consult_event",
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column("actor", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_event_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consult_id", "number", name=op.f("pk_consult_event")),
    )
    op.create_table(
        "consult_message",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=26), nullable=False),
        sa.Column("author", sa.JSON(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("view", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_consult_message_author_id")),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_message_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_message")),
        sa.UniqueConstraint(
            "consult_id",
            "author_id",
            "client_id",
            name=op.f("uq_consult_message_consult_id_author_id_client_id"),
        ),
    )
    with op.batch_alter_table("consult_message", schema=None) as batch_op:
        batch_op.create_index("ix_consult_message_order", ["consult_id", "number"], unique=False)

    op.create_table(
        "consult_participant",
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("hospital", sa.String(length=200), nullable=False),
        sa.Column("joined_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_participant_consult_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consult_participant_person_id")),
        sa.PrimaryKeyConstraint("consult_id", "person_id", name=op.f("pk_consult_participant")),
    )
    with op.batch_alter_table("consult_participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consult_participant_person_id"), ["person_id"], unique=False)

    op.create_table(
        "consult_question",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_question_consult_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_question")),
        sa.UniqueConstraint("consult_id", "number", name=op.f("uq_consult_question_consult_id_number")),
    )
    op.create_table(
        "consult_study",
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("study_id", sa.String(length=26), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_study_consult_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_consult_study_study_id")),
        sa.PrimaryKeyConstraint("consult_id", "study_id", name=op.f("pk_consult_study")),
    )
    with op.batch_alter_table("consult_study", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consult_study_study_id"), ["study_id"], unique=False)
