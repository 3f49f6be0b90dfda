"""The viewer's own TypeScript, bundled and run by node: what its arithmetic makes of the bodies of /stored."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.render.packing import CODINGS, pack
from app.render.stored import Pixels

VIEWER = Path(__file__).parents[2] / "viewer_js"
BUNDLER = VIEWER / "node_modules" / ".bin" / "rolldown"
_PROGRAM = VIEWER / "test" / "node" / "viewer_pictures.ts"


@dataclass(frozen=True)
class Question:
    """One frame of an image, with the facts that the manifest tells of it."""

    facts: dict[str, Any]
    frame: int
    stored: Pixels | None
    """Stored values where the browser gets them."""
    state: dict[str, Any] | None = None
    """A presentation state as the viewer is told it."""


@dataclass(frozen=True)
class Answer:
    """What the viewer shows of it."""

    levels: NDArray[np.uint8] | None
    """None: the server's picture is shown."""
    letters: dict[str, str] | None
    turned: dict[str, str] | None
    """The letters after a turn to the right and a flip."""
    aspect: float
    side: str


def bundled(folder: Path) -> Path:
    """The program for node."""
    target = folder / "viewer_pictures.mjs"
    command = [str(BUNDLER), str(_PROGRAM), "--file", str(target), "--format", "esm", "--platform", "node"]
    subprocess.run(command, cwd=VIEWER, check=True, capture_output=True, timeout=120)
    return target


def answers(questions: Sequence[Question], program: Path) -> list[Answer]:
    """In the order of the questions; both codings must give the same levels."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told = [_write(folder, number, question) for number, question in enumerate(questions)]
        (folder / "questions.json").write_text(json.dumps(told), encoding="utf-8")
        subprocess.run(["node", str(program), str(folder)], check=True, timeout=300)
        found = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
        return [_read(folder, *one) for one in zip(questions, told, found, strict=True)]


def _write(folder: Path, number: int, question: Question) -> dict[str, Any]:
    wire = {}
    if question.stored is not None:
        wire = {coding: f"{number}.{coding}" for coding in CODINGS}
        for coding in CODINGS:
            (folder / wire[coding]).write_bytes(pack(question.stored, "identity", coding))
    instance = {"id": "i", "sop_instance_uid": "1.2", "number": 1} | question.facts
    return {"instance": instance, "frame": question.frame, "wire": wire, "levels": f"{number}.grey"} | {
        "state": question.state
    }


def _read(folder: Path, question: Question, told: dict[str, Any], found: dict[str, Any]) -> Answer:
    levels = None
    if found["painted"] and question.stored is not None:
        assert found["alike"], "two codings of one frame are decoded differently"
        levels = np.fromfile(folder / told["levels"], np.uint8).reshape(question.stored.shape)
    return Answer(levels, found["letters"], found["turned"], found["aspect"], found["side"])
