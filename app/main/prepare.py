"""Before anything is served: tables of this version, the demonstration where it is wanted, and who may reach us."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from app.base.blobs import Blobs
from app.base.db import Database
from app.base.jobs import JobQueue
from app.base.settings import Settings
from app.demo.accounts import Account
from app.identity.setup import has_demonstration, is_empty
from app.main.guard import check_exposure
from app.main.migrate import migrate
from app.main.platform import load_parts, open_engines
from app.main.reconcile import AT_A_START, reconcile


@dataclass(frozen=True)
class State:
    """What the console tells."""

    demonstration: bool
    accounts: tuple[Account, ...]  # made just now
    nobody: bool  # who could sign in: `hoichan setup` comes first


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database with this version's tables, for a command of one step."""
    db = Database(settings.database, pool_size=5)
    try:
        migrate(db, load_parts(settings).migrations)
        yield db
    finally:
        db.dispose()


def prepare(settings: Settings, *, demonstration: bool) -> State:
    """Raises SettingsError when this must not start."""
    with opened(settings) as db:
        reconcile(db, Blobs(settings.data_dir), seconds=AT_A_START)  # the DICOM process compares the rest
        accounts = _demonstrate(settings, db) if demonstration else ()
        with db.reading() as tx:
            shown, nobody = has_demonstration(tx), is_empty(tx)
    check_exposure(settings, demonstration=shown)
    return State(shown, accounts, nobody)


def _demonstrate(settings: Settings, db: Database) -> tuple[Account, ...]:
    """In an empty database only: a real one is never touched."""
    with db.reading() as tx:
        if not is_empty(tx):
            return ()
    print("Đang tạo dữ liệu trình diễn… / Making the demonstration…", flush=True)
    engines = open_engines(settings)
    JobQueue(settings.data_dir)  # previews are handed to the worker that starts next
    demo = import_module("app.demo.hospitals")  # its phantoms are loaded once in a lifetime
    accounts, made = demo.make_demonstration(engines.services.db, engines.services.blobs)
    for demonstrate in engines.services.platform.demonstrations:
        demonstrate(engines.services, made)
    engines.close()
    return tuple(accounts)
