"""Installed packages are no older than the versions that mended known faults (reliability.md, T17)."""

from importlib.metadata import version
from pathlib import Path

import pytest

FLOORS = {
    "authlib": (1, 6, 9),  # CVE-2026-27962, CVE-2026-28498
    "pydicom": (3, 0, 2),  # CVE-2026-32711
    "pynetdicom": (3, 0, 4),  # CVE-2026-56445
    "python-socketio": (5, 14, 0),  # CVE-2025-61765
}
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("package", "floor"), FLOORS.items())
def test_installed_version_is_not_below_its_floor(package: str, floor: tuple[int, ...]) -> None:
    assert tuple(int(part) for part in version(package).split(".")[:3]) >= floor


def test_every_requirement_is_pinned_exactly_and_installed() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if not line or line.startswith(("#", "-r")):
                continue
            package, pinned = line.split("==")
            assert version(package.split("[")[0]) == pinned, line
