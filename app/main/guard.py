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


def check_port(part: str, host: str, port: int, setting: str = "port") -> None:
    """Says so when somebody already listens there, or the system forbids it."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"{part}.{setting} {port} on {host} cannot be used ({error.strerror}). Stop the program that uses it, or set "
                f"HOICHAN_{part.upper()}__{setting.upper()} to another number."
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
    """Pages, machines, and machines over TLS need a port each."""
    dicom = settings.dicom
    ports = {"web.port": settings.web.port, "dicom.port": dicom.port, "dicom.tls_port": dicom.tls_port}
    taken: dict[int, str] = {}
    for setting, port in ports.items():
        if port is None:
            continue
        if port in taken:
            variable = f"HOICHAN_{setting.upper().replace('.', '__')}"
            raise SettingsError(f"{taken[port]} and {setting} are both {port}. Set {variable} to another.")
        taken[port] = setting


def check_tls(settings: Settings) -> None:
    """Certificates and keys can be read and belong together."""
    for part, given in (("web", settings.web), ("dicom", settings.dicom)):
        certificate, key = given.tls_certificate, given.tls_key
        if certificate is None or key is None:
            continue
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(
                f"{part}.tls_certificate {certificate} and {part}.tls_key {key} cannot be used together: give the PEM file "
                "of the certificate with its chain, and the PEM file of its private key."
            ) from error
    _check_authorities(settings)


def _check_authorities(settings: Settings) -> None:
    authorities = settings.dicom.tls_ca
    if authorities is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(authorities)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"dicom.tls_ca {authorities} holds no certificates. Give a PEM file of those that machines' certificates come from."
        ) from error


def check_viewer() -> None:
    """The viewer has been built."""
    if not VIEWER.exists():
        raise SettingsError(
            "The viewer is not built. Run `make build` (it needs node and npm), then start again."
        )
