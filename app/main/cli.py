"""The command `hoichan`."""

import argparse
import getpass
import sys
import time
from collections.abc import Sequence

from app.base.db import Database
from app.base.errors import HoichanError
from app.base.jobs import JobQueue
from app.base.settings import Settings, SettingsError, load_settings
from app.demo.hospitals import Account, make_demonstration, new_passwords
from app.edge.app import STATIC
from app.identity.passwords import check_password, hash_password
from app.identity.setup import create_first_administrator, has_demonstration, is_empty
from app.main import banner, decode, dicom, guard, web, worker
from app.main.logs import start_logging
from app.main.migrate import migrate
from app.main.platform import load_parts, open_engines
from app.main.supervise import Supervisor, end_with_parent

SERVERS = {"web": web.serve, "dicom": dicom.serve, "worker": worker.serve, "decode": decode.serve}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status; what went wrong is one sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        guard.check_folders(settings)
        start_logging(settings.data_dir, options.command)
        _dispatch(settings, options)
    except (SettingsError, HoichanError) as error:
        print(f"hoichan: {error}", file=sys.stderr)
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
    commands.add_parser("migrate", help="bring the database to this version's tables")
    for name in SERVERS:
        server = commands.add_parser(name, help=f"only the {name} process")
        server.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    return parser


def _dispatch(settings: Settings, options: argparse.Namespace) -> None:
    if options.command in SERVERS:
        _serve(settings, options)
    elif options.command == "run":
        run(settings, demonstration=options.demonstration)
    elif options.command == "setup":
        _set_up(settings, options)
    elif options.command == "demo":
        with _Opened(settings) as db:
            print(banner.accounts_table(new_passwords(db)))
    else:
        with _Opened(settings):
            print("The database has this version's tables.")


class _Opened:
    """The database, migrated, for a command of one step."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._db = Database(settings.database, pool_size=5)

    def __enter__(self) -> Database:
        migrate(self._db, load_parts(self._settings).migrations)
        return self._db

    def __exit__(self, *_: object) -> None:
        self._db.dispose()


def _serve(settings: Settings, options: argparse.Namespace) -> None:
    if options.supervised:
        end_with_parent()
    else:
        with _Opened(settings) as db:
            _check_exposure(settings, db)
    SERVERS[options.command](settings)


def _check_exposure(settings: Settings, db: Database) -> None:
    with db.reading() as tx:
        demonstration = has_demonstration(tx)
    guard.check_exposure(settings, demonstration=demonstration)


def run(settings: Settings, *, demonstration: bool) -> None:
    """Everything on this machine, until told to stop."""
    began = time.monotonic()
    guard.check_viewer(STATIC)
    guard.check_port("web", settings.web.host, settings.web.port)
    guard.check_port("dicom", settings.dicom.host, settings.dicom.port)
    with _Opened(settings) as db:
        accounts = _demonstrate(settings, db) if demonstration else []
        _check_exposure(settings, db)
        with db.reading() as tx:
            shown = has_demonstration(tx)
    supervisor = Supervisor(settings)
    supervisor.start()
    took = time.monotonic() - began
    print(banner.ready(settings, demonstration=shown, accounts=accounts, seconds=took), flush=True)
    supervisor.watch()
    supervisor.stop()


def _demonstrate(settings: Settings, db: Database) -> list[Account]:
    """In an empty database only: a real one is never touched."""
    with db.reading() as tx:
        if not is_empty(tx):
            return []
    print("Đang tạo dữ liệu trình diễn… / Making the demonstration…", flush=True)
    engines = open_engines(settings)
    JobQueue(settings.data_dir)  # previews are handed to the worker that starts next
    accounts, made = make_demonstration(engines.services.db, engines.services.blobs)
    for demonstrate in engines.services.platform.demonstrations:
        demonstrate(engines.services, made)
    engines.close()
    return accounts


def _set_up(settings: Settings, options: argparse.Namespace) -> None:
    with _Opened(settings) as db:
        name = options.name or input("Họ tên / Full name: ").strip()
        login = options.login or input("Tên đăng nhập / Sign-in name: ").strip()
        password = sys.stdin.readline().rstrip("\n") if options.password_from_stdin else _ask_password()
        check_password(password, name, login)
        digest = hash_password(password)
        with db.transaction() as tx:
            create_first_administrator(tx, name=name, login=login, password_hash=digest)
    print("Xong. Khởi động: .venv/bin/hoichan run / Done. Start with: .venv/bin/hoichan run")


def _ask_password() -> str:
    while True:
        first = getpass.getpass("Mật khẩu / Password: ")
        if first == getpass.getpass("Nhập lại / Again: "):
            return first
        print("Hai lần nhập khác nhau. / The two entries differ.")
