"""Parts of pictures that name the patient"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "a0007"
down_revision = "a0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "series_cover",
        sa.Column("series_id", sa.String(length=26), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rectangles", sa.Text(), nullable=False),
        sa.Column("made_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_cover_series_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("series_id", "columns", "rows", name=op.f("pk_series_cover")),
    )


def downgrade() -> None:
    op.drop_table("series_cover")
