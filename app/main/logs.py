"""Where log lines go: a file in the data folder for each process, and warnings to the console. No patient data."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class _OneLine(logging.Formatter):
    """Control characters that a sender chose cannot forge a line or move a terminal's cursor (T8)."""

    def format(self, record: logging.LogRecord) -> str:
        record.msg = _plain(record.getMessage())
        record.args = None
        return super().format(record)


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def start_logging(data_dir: Path, process: str) -> None:
    """Called once by each process."""
    folder = data_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    file = RotatingFileHandler(
        folder / f"{process}.log", maxBytes=10_000_000, backupCount=5, encoding="utf-8"
    )
    console = logging.StreamHandler()
    console.setLevel(logging.WARNING)
    for handler in (file, console):
        handler.setFormatter(_OneLine(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[file, console], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
