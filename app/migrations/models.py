"""Imports every table of the platform, so that Base.metadata is whole."""

from importlib import import_module
from pathlib import Path

from app.base import events, jobs, limits
from app.base.db import Base

BASE_TABLES = (events.LiveEventRow, jobs.Job, limits.Limit)

for _file in sorted(Path(__file__).parent.parent.glob("*/*models.py")):
    import_module(f"app.{_file.parent.name}.{_file.stem}")

metadata = Base.metadata
