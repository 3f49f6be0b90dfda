"""Duty groups, the roster and offers"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0005"
down_revision = "c0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _groups()
    with op.batch_alter_table("consult", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.String(length=26), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_consult_group_id"), "duty_group", ["group_id"], ["id"])
    _offers()


def _groups() -> None:
    op.create_table(
        "duty_group",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("hospital_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("specialty", sa.String(length=100), nullable=False),
        sa.Column("modalities", sa.JSON(), nullable=False),
        sa.Column("emergency", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Integer(), nullable=False),
        sa.Column("routine", sa.Integer(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospital.id"], name=op.f("fk_duty_group_hospital_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_group")),
        sa.UniqueConstraint("hospital_id", "name", name=op.f("uq_duty_group_hospital_id_name")),
    )
    op.create_table(
        "duty_member",
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["duty_group.id"], name=op.f("fk_duty_member_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_member_person_id")),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f("pk_duty_member")),
    )
    op.create_index(op.f("ix_duty_member_person_id"), "duty_member", ["person_id"])
    op.create_table(
        "duty_shift",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("begins_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["duty_group.id"], name=op.f("fk_duty_shift_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_shift_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
    )
    op.create_index("ix_duty_shift_group_begins", "duty_shift", ["group_id", "begins_at"])
    op.create_index(op.f("ix_duty_shift_person_id"), "duty_shift", ["person_id"])


def _offers() -> None:
    op.create_table(
        "consult_offer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("group_id", sa.String(length=26), nullable=True),
        sa.Column("offered_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_offer_consult_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["duty_group.id"], name=op.f("fk_consult_offer_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consult_offer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_offer")),
        sa.UniqueConstraint("consult_id", "step", name=op.f("uq_consult_offer_consult_id_step")),
    )
    op.create_index(op.f("ix_consult_offer_expires_at"), "consult_offer", ["expires_at"])
    op.create_table(
        "consult_offered",
        sa.Column("offer_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("passed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["consult_offer.id"], name=op.f("fk_consult_offered_offer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consult_offered_person_id")),
        sa.PrimaryKeyConstraint("offer_id", "person_id", name=op.f("pk_consult_offered")),
    )
    op.create_index(op.f("ix_consult_offered_person_id"), "consult_offered", ["person_id"])


def downgrade() -> None:
    op.drop_table("consult_offered")
    op.drop_table("consult_offer")
    with op.batch_alter_table("consult", schema=None) as batch_op:
        batch_op.drop_constraint("fk_consult_group_id", type_="foreignkey")
        batch_op.drop_column("group_id")
    for table in ("duty_shift", "duty_member", "duty_group"):
        op.drop_table(table)
