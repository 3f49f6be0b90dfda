"""Projections with a spacing that may be the detector's or the body's"""

import sqlalchemy as sa
from alembic import op

revision = "a0008"
down_revision = "a0007"
branch_labels = None
depends_on = None

# As app/archive/facts_spacing.py reads new ones. A calibration that only the file tells of is not known here.
ROOT = "1.2.840.10008.5.1.4.1.1."
PROJECTIONS = [
    "1",
    "1.1",
    "1.1.1",
    "1.2",
    "1.2.1",
    "1.3",
    "1.3.1",
    "12.1",
    "12.1.1",
    "12.2",
    "12.2.1",
    "12.3",
]
CAPTURES = ["7", "7.1", "7.2", "7.3", "7.4"]
XRAYS = ["CR", "DX", "IO", "MG", "PX", "RF", "RG", "XA"]

instance = sa.table("instance", sa.column("series_id"), sa.column("sop_class_uid"), sa.column("facts"))
series = sa.table("series", sa.column("id"), sa.column("modality"))


def upgrade() -> None:
    rename("pixel", "uncertain")


def downgrade() -> None:
    rename("uncertain", "pixel")


def rename(before: str, after: str) -> None:
    old, new = (f'"spacing_source":"{name}"' for name in (before, after))
    sop_class = instance.c.sop_class_uid
    of_xrays = instance.c.series_id.in_(sa.select(series.c.id).where(series.c.modality.in_(XRAYS)))
    captured = sop_class.in_([ROOT + end for end in CAPTURES]) & of_xrays
    wanted = (sop_class.in_([ROOT + end for end in PROJECTIONS]) | captured) & instance.c.facts.contains(old)
    op.execute(sa.update(instance).where(wanted).values(facts=sa.func.replace(instance.c.facts, old, new)))
