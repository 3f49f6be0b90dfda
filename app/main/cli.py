"""The command `hoichan`. It loads the module of the command asked for and nothing else: four processes of ours
start at once on two cores, and what each imports is what its start costs.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from app.base.errors import HoichanError
from app.base.settings import SettingsError, load_settings
from app.main import guard
from app.main.logs import start_logging

SERVERS = ("decode", "dicom", "web", "worker")
COMMANDS = {
    "backup": "app.main.backup",
    "check": "app.main.checking",
    "demo": "app.main.administration",
    "import": "app.main.importing",
    "migrate": "app.main.administration",
    "restore": "app.main.restore",
    "run": "app.main.everything",
    "setup": "app.main.administration",
    "verify": "app.main.checking",
    **dict.fromkeys(SERVERS, "app.main.single"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status; what went wrong is one sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        guard.check_folders(settings)
        start_logging(settings.data_dir, options.command)
        import_module(COMMANDS[options.command]).execute(settings, options)
    except (SettingsError, HoichanError) as error:
        print(f"hoichan: {error}", file=sys.stderr)
        return 1
    except EOFError:
        print(
            "hoichan: no answer came on standard input. Give --name, --login and --password-from-stdin.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hoichan", description="Teleradiology consultation for hospitals.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="everything on this machine")
    run.add_argument(
        "--demonstration", action="store_true", help="fill an empty data folder with invented hospitals"
    )
    setup = commands.add_parser("setup", help="the first administrator of a real installation")
    setup.add_argument("--name", help="asked for when not given")
    setup.add_argument("--login", help="asked for when not given")
    setup.add_argument("--password-from-stdin", action="store_true", help="read it from standard input")
    demo = commands.add_parser("demo", help="the demonstration's accounts")
    demo.add_argument(
        "--new-passwords", action="store_true", required=True, help="make and show new passwords"
    )
    bring = commands.add_parser("import", help="a folder on this machine into a hospital's archive")
    bring.add_argument("folder", metavar="FOLDER", help="DICOM files, ZIPs and disc images in it and below")
    bring.add_argument(
        "--hospital", required=True, help="the hospital's name in addresses, as in /dicomweb/NAME"
    )
    commands.add_parser("migrate", help="bring the database to this version's tables")
    _add_keeping(commands)
    for name in SERVERS:
        server = commands.add_parser(name, help=f"only the {name} process")
        server.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    return parser


def _add_keeping(commands: Any) -> None:
    check = commands.add_parser("check", help="whether files and rows agree; says what does not")
    check.add_argument("--repair", action="store_true", help="and sets it right, as each start does")
    commands.add_parser("verify", help="read every stored file now and compare it with its digest")
    backup = commands.add_parser("backup", help="a copy of everything, while Hoichan runs")
    backup.add_argument("target", type=Path, help="a folder; one that holds a backup gets only what is new")
    backup.add_argument(
        "--prune", action="store_true", help="also remove from it what was destroyed since, for good"
    )
    restore = commands.add_parser(
        "restore", help="an empty data folder filled from a backup, every file checked"
    )
    restore.add_argument("source", type=Path, help="the folder of the backup")
