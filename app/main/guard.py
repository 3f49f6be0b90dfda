"""What must be true before anything listens; each refusal is one sentence that says what to do."""

import os
import socket
from pathlib import Path
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


def check_viewer() -> None:
    """The viewer has been built."""
    if not VIEWER.exists():
        raise SettingsError(
            "The viewer is not built. Run `make build` (it needs node and npm), then start again."
        )
