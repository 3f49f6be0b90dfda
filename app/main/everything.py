"""`hoichan run`: all processes on this machine. They load while the database is brought up to date."""

import argparse
import time
from importlib import import_module

from app.base.settings import Settings
from app.main import guard
from app.main.supervise import Supervisor


def execute(settings: Settings, options: argparse.Namespace) -> None:
    """Until told to stop."""
    began = time.monotonic()
    guard.check_viewer()
    lock = guard.hold_folder(settings.data_dir)
    guard.check_ports(settings)
    guard.check_tls(settings)
    guard.check_port("web", settings.web.host, settings.web.port)
    guard.check_port("dicom", settings.dicom.host, settings.dicom.port)
    if settings.dicom.tls_port is not None:
        guard.check_port("dicom", settings.dicom.host, settings.dicom.tls_port, "tls_port")
    supervisor = Supervisor(settings)
    try:
        supervisor.start()
        state = import_module("app.main.prepare").prepare(settings, demonstration=options.demonstration)
        supervisor.release()
        text = import_module("app.main.banner").ready(settings, state, time.monotonic() - began)
        print(text, flush=True)
        supervisor.watch()
    finally:
        supervisor.stop()
        lock.close()
