"""C-FIND on an open association over 100,000 studies: milliseconds to the last answer, median and 95th of a hundred.

    python -m tests.bench.bench_find [studies]

Each question asks another value. Goals: 10 ms for one match, 25 ms for fifty (p95).
"""

import multiprocessing
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from app.archive.queries import Search, search_studies
from app.base.actor import SYSTEM, Right
from app.base.db import Base, Database
from app.base.settings import Settings
from app.dimse.asking import identifier
from app.dimse.contexts import EXPLICIT_LITTLE, STUDY_ROOT_FIND
from app.dimse.datasets import write_data_set
from app.dimse.messages import CommandField, write_request
from app.dimse.scu import Client
from app.identity.actions import register_device
from app.identity.queries import hospitals
from app.routing.network import Remote
from tests.bench.bench_retrieve import CLIENT, free_port, serve, wait_for
from tests.bench.search_data import STUDIES, fill
from tests.cast import make_cast

TURNS = 100
RETURNED = dict.fromkeys(
    ["PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber",
     "StudyDescription", "ModalitiesInStudy", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances"], "",
)  # fmt: skip
Question: TypeAlias = Callable[[dict[str, str]], dict[str, str]]
QUESTIONS: dict[str, Question] = {
    "one study by UID": lambda one: {"StudyInstanceUID": one["0020000D"]},
    "by patient number": lambda one: {"PatientID": one["00100020"]},
    "by accession number": lambda one: {"AccessionNumber": one["00080050"]},
    "whole name": lambda one: {"PatientName": one["00100010"]},
    "one day of a modality": lambda one: {"StudyDate": one["00080020"], "ModalitiesInStudy": one["00080061"]},
    "one day": lambda one: {"StudyDate": one["00080020"]},
}


def ask(client: Client, keys: dict[str, str]) -> tuple[float, int]:
    """Milliseconds, and answers."""
    context = client.context(STUDY_ROOT_FIND)
    message_id = client.next_message_id()
    command = write_request(CommandField.C_FIND_RQ, message_id, sop_class_uid=STUDY_ROOT_FIND)
    data = write_data_set(identifier("STUDY", RETURNED | keys), context.transfer_syntax)
    begun = time.perf_counter()
    client.channel.send(context.context_id, command, data)
    count = 0
    while client.channel.receive().command.status in {0xFF00, 0xFF01}:
        count += 1
    return (time.perf_counter() - begun) * 1000, count


def known_studies(db: Database, hospital_id: str) -> list[dict[str, str]]:
    """Some studies' values, from all over the archive."""
    chance = random.Random(5)
    found: list[Mapping[str, Any]] = []
    for _turn in range(TURNS):
        with db.reading() as tx:
            search = Search({}, hospital_id=hospital_id, limit=1, offset=chance.randrange(5000))
            found += search_studies(tx, SYSTEM, search).items
    return [{tag: _first(one) for tag, one in item.items()} for item in found]


def _first(attribute: Mapping[str, Any]) -> str:
    value = (attribute.get("Value") or [""])[0]
    return str(value.get("Alphabetic", "")) if isinstance(value, dict) else str(value)


def measure(port: int, called: str, known: list[dict[str, str]]) -> None:
    remote = Remote("", "bench", called, "127.0.0.1", port, tls=False, calling_ae_title=CLIENT)
    with Client(remote, [(STUDY_ROOT_FIND, [EXPLICIT_LITTLE])], settings=Settings().dicom) as client:
        for name, question in QUESTIONS.items():
            ask(client, question(known[0]))
            found = [ask(client, question(one)) for one in known]
            took = sorted(ms for ms, _count in found)
            answers = statistics.median(count for _ms, count in found)
            print(
                f"  {name:24} {answers:6.0f} answers  median {statistics.median(took):6.2f} ms  p95 {took[94]:6.2f} ms"
            )


def main(count: int = STUDIES) -> None:
    root = Path(tempfile.mkdtemp(prefix="hoichan-bench-"))
    data_dir, port = root / "data", free_port()
    data_dir.mkdir()
    db = Database(Settings(data_dir=data_dir).database)
    Base.metadata.create_all(db.engine)
    cast = make_cast(db)
    fill(db, cast, count)
    with db.transaction() as tx:
        home = next(one for one in hospitals(tx) if one.id == cast.a.id)
        register_device(
            tx, SYSTEM, hospital_id=home.id, ae_title=CLIENT, name="Client", rights=frozenset(Right)
        )
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(data_dir, port), daemon=True)
    process.start()
    try:
        wait_for(port)
        print(f"{count} studies, {TURNS} questions of each kind on one association")
        measure(port, home.ae_title, known_studies(db, home.id))
    finally:
        process.terminate()
        db.dispose()
        shutil.rmtree(root)


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:2]))
