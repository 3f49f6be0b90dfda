"""Minutes, and packages"""

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
    with op.batch_alter_table("consult_participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_at", db.UtcDateTime(timezone=True), nullable=True))
    _add_packages()


def _add_packages() -> None:
    op.create_table(
        "consult_package",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("keeps", sa.Boolean(), nullable=False),
        sa.Column("phase", sa.String(length=12), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("asked_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_package_consult_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consult_package_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult_package")),
    )
    op.create_index("ix_consult_package_of", "consult_package", ["consult_id", "person_id"])
    op.create_index(op.f("ix_consult_package_expires_at"), "consult_package", ["expires_at"])
    op.create_table(
        "consult_package_file",
        sa.Column("package_id", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["consult_package.id"],
            name=op.f("fk_consult_package_file_package_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_consult_package_file")),
    )
    op.create_index(op.f("ix_consult_package_file_digest"), "consult_package_file", ["digest"])


def downgrade() -> None:
    op.drop_table("consult_package_file")
    op.drop_table("consult_package")
    with op.batch_alter_table("consult_participant", schema=None) as batch_op:
        batch_op.drop_column("left_at")
    with op.batch_alter_table("consult_minutes", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_consult_minutes_secretary_id"))
    op.drop_table("consult_minutes")
