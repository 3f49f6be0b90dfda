"""Commands of one step for whoever holds the machine: `setup`, `demo`, `migrate`."""

import argparse
import getpass
import sys

from app.base.settings import Settings
from app.demo.hospitals import new_passwords
from app.identity.passwords import check_password, hash_password
from app.identity.setup import create_first_administrator
from app.main.banner import accounts_table
from app.main.prepare import opened


def execute(settings: Settings, options: argparse.Namespace) -> None:
    """Does the step and says so."""
    {"setup": _set_up, "demo": _demonstration, "migrate": _migrate}[options.command](settings, options)


def _migrate(settings: Settings, _options: argparse.Namespace) -> None:
    with opened(settings):
        print("The database has this version's tables.")


def _demonstration(settings: Settings, _options: argparse.Namespace) -> None:
    with opened(settings) as db:
        print(accounts_table(new_passwords(db)))


def _set_up(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as db:
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
