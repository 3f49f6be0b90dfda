"""`app` is complete without `consults`: on a copy without that folder every module of it is imported here, and its whole
suite passes there (`python -m tests.alone`, a step of `make unit`).
"""

import subprocess
import sys
from pathlib import Path

from tests.alone import ROOT, copy_without_consults

_IMPORT_ALL = """
import importlib, pkgutil, app
names = [one.name for one in pkgutil.walk_packages(app.__path__, "app.") if not one.name.endswith("__main__")]
for name in names:
    if not name.startswith("app.migrations."):  # run by alembic, not imported
        importlib.import_module(name)
import tests.conftest
print(len(names))
"""


def test_every_module_of_the_app_is_imported_without_consults(tmp_path: Path) -> None:
    tree = copy_without_consults(tmp_path)
    assert not list(tree.glob("**/consults"))
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL], cwd=tree, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 300


def test_the_apps_suite_is_run_there() -> None:
    step = (ROOT / "Makefile").read_text(encoding="utf-8").split("\nunit:")[1].split("\n\n")[0]
    assert "-m tests.alone" in step
