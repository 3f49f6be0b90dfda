"""Replies, recipients, private notes"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0006"
down_revision = "c0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("consult_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("more", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("consult_attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("client_id", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("recipients", sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_index("ix_consult_attachment_client", ["consult_id", "client_id"], unique=True)
    _per_person(
        "consult_line_reader",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("only", sa.Boolean(), nullable=False),
        sa.Column("mentioned", sa.Boolean(), nullable=False),
        keys=["consult_id", "number", "person_id"],
    )
    with op.batch_alter_table("consult_line_reader", schema=None) as batch_op:
        batch_op.create_index("ix_consult_line_reader_person", ["person_id", "consult_id", "number"])
    _per_person(
        "consult_note",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", db.UtcDateTime(timezone=True), nullable=False),
        keys=["consult_id", "person_id"],
    )
    _per_person(
        "consult_seen", sa.Column("number", sa.Integer(), nullable=False), keys=["consult_id", "person_id"]
    )
    op.create_table(
        "consult_glossary_pins",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consult_glossary_pins_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_consult_glossary_pins")),
    )


def _per_person(name: str, *columns: sa.Column[object], keys: list[str]) -> None:
    op.create_table(
        name,
        sa.Column("consult_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f(f"fk_{name}_consult_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{name}_person_id")),
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    op.drop_table("consult_glossary_pins")
    op.drop_table("consult_seen")
    op.drop_table("consult_note")
    op.drop_table("consult_line_reader")
    with op.batch_alter_table("consult_attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_consult_attachment_client")
        batch_op.drop_column("recipients")
        batch_op.drop_column("client_id")
    with op.batch_alter_table("consult_message", schema=None) as batch_op:
        batch_op.drop_column("more")
