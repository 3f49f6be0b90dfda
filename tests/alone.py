"""`app` is complete without `consults`: its own suite, run on a copy of the tree that has no such folder.

    python -m tests.alone [arguments of pytest]

This is where the suite of `app` runs in `make unit`, so that it runs once.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
TAKEN = (
    "app",
    "config",
    "tests",
    "pyproject.toml",
    "requirements.txt",
    "requirements-dev.txt",
    "CONFORMANCE.md",
)
_NOT_TAKEN = shutil.ignore_patterns("__pycache__", "consults", "journeys")


def copy_without_consults(target: Path) -> Path:
    """The tree that the tests of `app` need; what they only read, the viewer and the images for tests, is linked."""
    tree = target / "main"
    tree.mkdir()
    for name in TAKEN:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=_NOT_TAKEN)
        else:
            shutil.copy(source, tree / name)
    for link, there in (
        (tree / "viewer_js", ROOT / "viewer_js"),
        (target / "shared", ROOT.parent / "shared"),
    ):
        if there.is_dir():
            link.symlink_to(there)
    return tree


def run_alone(tree: Path, command: list[str]) -> int:
    """A command of Python in the copy, without any part switched on."""
    env = {**os.environ, "HOICHAN_PARTS": ""}
    return subprocess.run([sys.executable, *command], cwd=tree, env=env, check=False).returncode


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="hoichan-alone-") as folder:
        copied = copy_without_consults(Path(folder))
        sys.exit(run_alone(copied, ["-m", "pytest", "-q", *sys.argv[1:], "tests/app"]))
