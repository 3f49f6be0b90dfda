"""What the console says when everything runs: where to go, who can sign in, how a machine sends. Both languages."""

from collections.abc import Sequence

from app.base.i18n import translate
from app.base.settings import Settings
from app.demo.accounts import DEVICE, HOSPITALS, Account
from app.main.prepare import State


def ready(settings: Settings, state: State, seconds: float) -> str:
    """The whole text."""
    parts = [_both("Hoichan is running: open {address} in a browser.", address=settings.web.origin)]
    if state.nobody:
        parts.append(
            _both(
                "Nobody can sign in yet. Make the first administrator: {command}",
                command=".venv/bin/hoichan setup",
            )
        )
    if state.accounts:
        parts.append(accounts_table(state.accounts))
    elif state.demonstration:
        parts.append(
            _both(
                "The demonstration's passwords were shown at its first start. New ones: {command}",
                command=".venv/bin/hoichan demo --new-passwords",
            )
        )
    if state.demonstration:
        parts.append(_senders(settings))
    parts.append(_both("Started in {seconds} s. Ctrl-C ends everything.", seconds=f"{seconds:.1f}"))
    line = "─" * 96
    return "\n".join([line, *parts, line])


def _both(message: str, **params: str) -> str:
    return f"  {translate('vi', message, **params)}\n  {translate('en', message, **params)}\n"


def accounts_table(accounts: Sequence[Account]) -> str:
    head = _both("Who can sign in (these passwords are shown only now):")
    rows = [
        f"    {a.login:<9} {a.password:<26} {a.name}, {a.hospital} ({', '.join(a.roles)})" for a in accounts
    ]
    return "\n".join([head.rstrip("\n"), *rows, ""])


def _senders(settings: Settings) -> str:
    head = _both("How a machine sends (DCMTK; put your own folder of DICOM files at the end):")
    where = f"{settings.dicom.host} {settings.dicom.port}"
    rows = [
        f"    storescu -v -aet {DEVICE} -aec {home.ae_title:<9} {where} +sd +r FOLDER   # {home.short_name}"
        for home in HOSPITALS
    ]
    return "\n".join([head.rstrip("\n"), *rows, ""])
