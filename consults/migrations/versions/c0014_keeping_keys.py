"""Keys with which browsers keep what somebody has not sent yet"""

import sqlalchemy as sa
from alembic import op

revision = "c0014"
down_revision = "c0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consult_keeping_key",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consult_keeping_key_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_consult_keeping_key")),
    )


def downgrade() -> None:
    op.drop_table("consult_keeping_key")
