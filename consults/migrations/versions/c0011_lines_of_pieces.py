"""How many lines of a track a piece has"""

import sqlalchemy as sa
from alembic import op

revision = "c0011"
down_revision = "c0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("consult_recording_piece", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lines", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("consult_recording_piece", schema=None) as batch_op:
        batch_op.drop_column("lines")
