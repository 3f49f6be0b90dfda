"""The agreement between two hospitals, and the basis of a case"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0002"
down_revision = "c0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _paper()
    _agreement()
    _basis()


def _paper() -> None:
    op.create_table(
        "consult_paper",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("added_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_paper")),
    )


def _agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.String(length=26), nullable=True),
        sa.Column("referring_hospital_id", sa.String(length=26), nullable=False),
        sa.Column("consulting_hospital_id", sa.String(length=26), nullable=False),
        sa.Column("author_hospital_id", sa.String(length=26), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("responsibilities", sa.Text(), nullable=False),
        sa.Column("infrastructure", sa.Text(), nullable=False),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("cost", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.String(length=26), nullable=True),
        sa.Column("referring_agreed_by", sa.String(length=200), nullable=True),
        sa.Column("referring_agreed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("consulting_agreed_by", sa.String(length=200), nullable=True),
        sa.Column("consulting_agreed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("active_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_hospital_id"], ["hospital.id"], name=op.f("fk_agreement_author_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["consulting_hospital_id"], ["hospital.id"], name=op.f("fk_agreement_consulting_hospital_id")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["consult_paper.id"], name=op.f("fk_agreement_paper_id")),
        sa.ForeignKeyConstraint(
            ["referring_hospital_id"], ["hospital.id"], name=op.f("fk_agreement_referring_hospital_id")
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["agreement.id"], name=op.f("fk_agreement_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    for column in ("consulting_hospital_id", "referring_hospital_id", "state"):
        op.create_index(op.f(f"ix_agreement_{column}"), "agreement", [column])
    op.create_table(
        "agreement_term",
        sa.Column("agreement_id", sa.String(length=26), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("modality", sa.String(length=16), nullable=False),
        sa.Column("service", sa.String(length=200), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("routine", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Integer(), nullable=False),
        sa.Column("emergency", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_agreement_term_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agreement_id", "place", name=op.f("pk_agreement_term")),
        sa.UniqueConstraint(
            "agreement_id", "mode", "modality", name=op.f("uq_agreement_term_agreement_id_mode_modality")
        ),
    )


def _basis() -> None:
    op.create_table(
        "consult_basis",
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("agreement_id", sa.String(length=26), nullable=True),
        sa.Column("agreement", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=True),
        sa.Column("ground_note", sa.Text(), nullable=False),
        sa.Column("informed_by", sa.String(length=200), nullable=True),
        sa.Column("informed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("informed_how", sa.String(length=16), nullable=True),
        sa.Column("paper_id", sa.String(length=26), nullable=True),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("missing_when_sent", sa.JSON(), nullable=False),
        sa.Column("settled_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("remind_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_consult_basis_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_basis_consult_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["consult_paper.id"], name=op.f("fk_consult_basis_paper_id")),
        sa.PrimaryKeyConstraint("consult_id", name=op.f("pk_consult_basis")),
    )
    op.create_index(op.f("ix_consult_basis_agreement_id"), "consult_basis", ["agreement_id"])
    op.create_index(op.f("ix_consult_basis_remind_at"), "consult_basis", ["remind_at"])


def downgrade() -> None:
    for table in ("consult_basis", "agreement_term", "agreement", "consult_paper"):
        op.drop_table(table)
