"""What must be true before anything listens; each refusal is one sentence that says what to do."""

import fcntl
import os
import socket
import ssl
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from app.base.settings import Settings, SettingsError, is_loopback, make_private_dir

VIEWER = Path(__file__).parents[1] / "web" / "static" / "viewer" / "manifest.json"


def check_folders(settings: Settings) -> None:
    """The data folder can be entered, read and written; the folder of sockets is ours alone."""
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
        list(folder.iterdir())
    except OSError as error:
        raise SettingsError(
            f"The data folder {folder} cannot be read and written ({error.strerror}). Give the user that runs "
            "Hoichan the right to it, or set HOICHAN_DATA_DIR."
        ) from error
    make_private_dir(settings.run_dir)


def check_exposure(settings: Settings, *, demonstration: bool) -> None:
    """Only this machine, unless TLS is on and no demonstration account could be guessed at."""
    public = urlsplit(settings.web.public_url).hostname or ""
    open_ = {"web.host": settings.web.host, "dicom.host": settings.dicom.host, "web.public_url": public}
    for setting, host in open_.items():
        if not host or is_loopback(host):
            continue
        if demonstration:
            raise SettingsError(
                f"{setting} is {host}, but this data folder holds the demonstration and its accounts. Use a data "
                "folder of your own (HOICHAN_DATA_DIR) and `hoichan setup`."
            )
        if not settings.web.secure:
            raise SettingsError(
                f"{setting} is {host}, but TLS is off. Set web.tls_certificate and web.tls_key, or web.public_url to "
                "the https:// address of a proxy in front (config/deploy)."
            )


def check_port(part: str, host: str, port: int) -> None:
    """Says so when somebody already listens there, or the system forbids it."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"{part}.port {port} on {host} cannot be used ({error.strerror}). Stop the program that uses it, or set "
                f"HOICHAN_{part.upper()}__PORT to another number."
            ) from error


def hold_folder(folder: Path) -> IO[str]:
    """The data folder is ours until the file is closed, or we end. Two of us on one folder would take each other's work."""
    lock = (folder / "running").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        number = lock.read().strip() or "unknown"
        lock.close()
        raise SettingsError(
            f"Hoichan already runs on the data folder {folder} (process {number}). Stop it, or set HOICHAN_DATA_DIR."
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def check_ports(settings: Settings) -> None:
    """Pages and machines need a port each."""
    if settings.web.port == settings.dicom.port:
        raise SettingsError(
            f"web.port and dicom.port are both {settings.web.port}. Set HOICHAN_WEB__PORT or HOICHAN_DICOM__PORT to another."
        )


def check_tls(settings: Settings) -> None:
    """The certificate and the key can be read and belong together."""
    certificate, key = settings.web.tls_certificate, settings.web.tls_key
    if certificate is None or key is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"web.tls_certificate {certificate} and web.tls_key {key} cannot be used together: give the PEM file of the "
            "certificate with its chain, and the PEM file of its private key."
        ) from error


def check_viewer() -> None:
    """The viewer has been built."""
    if not VIEWER.exists():
        raise SettingsError(
            "The viewer is not built. Run `make build` (it needs node and npm), then start again."
        )
