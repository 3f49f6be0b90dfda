"""`app` is complete without `consults`: its own suite passes on a copy of the tree that has no such folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TAKEN = (
    "app",
    "config",
    "tests",
    "pyproject.toml",
    "requirements.txt",
    "requirements-dev.txt",
    "CONFORMANCE.md",
)


def test_the_apps_suite_passes_without_consults(tmp_path: Path) -> None:
    for name in TAKEN:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not postgresql"]
    result = subprocess.run(
        [*command, "tests/app"],
        cwd=tmp_path,
        env={**os.environ, "HOICHAN_PARTS": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert result.returncode == 0, result.stdout[-3000:]
    assert " passed" in result.stdout
