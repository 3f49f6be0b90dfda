"""`hoichan web`, `dicom`, `worker`, `decode`: one process, alone or under `hoichan run`."""

import argparse
import os
import signal
import threading
from importlib import import_module

from app.base.settings import Settings
from app.base.vitals import start_beating


def execute(settings: Settings, options: argparse.Namespace) -> None:
    """Runs until told to stop."""
    server = import_module(f"app.main.{options.command}")
    if options.supervised:
        wait_for_word()
        end_with_parent()
    else:
        import_module("app.main.prepare").prepare(settings, demonstration=False)
    start_beating(settings.run_dir, options.command)
    server.serve(settings)


def wait_for_word() -> None:
    """Everything is imported; the supervisor says when the database is ready. Its end ends us."""
    if os.read(0, 1) == b"":
        raise SystemExit(1)


def end_with_parent() -> None:
    """Ends when the supervisor goes, however it goes: its end of our standard input closes then."""

    def watch() -> None:
        os.read(0, 1)  # not sys.stdin, whose lock would outlive this thread
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
