"""A foreign archive on a free port: pynetdicom as SCP, which refuses, stalls, breaks off or is away as a test wants."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import AE, AllStoragePresentationContexts, evt
from pynetdicom.transport import ThreadedAssociationServer

VERIFICATION = "1.2.840.10008.1.1"
STUDY_ROOT_FIND, STUDY_ROOT_MOVE, STUDY_ROOT_GET = (
    f"1.2.840.10008.5.1.4.1.2.2.{number}" for number in (1, 2, 3)
)
TITLE = "PACSCU"


def serving(ae: AE, handlers: list[Any], *, port: int = 0) -> ThreadedAssociationServer:
    """pynetdicom as acceptor; its own way of starting takes half a second to stop."""
    server = ae.make_server(
        ("127.0.0.1", port), evt_handlers=handlers, server_class=ThreadedAssociationServer
    )
    ae._servers.append(server)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


@dataclass
class ForeignArchive:
    """`refused`: instances it does not take. `breaks_after`: it aborts after so many. `seconds`: it takes for each."""

    port: int = 0
    received: list[str] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)  # what it has and gives
    refused: set[str] = field(default_factory=set)
    breaks_after: int | None = None
    seconds: float = 0.0
    move_to: dict[str, tuple[str, int]] = field(default_factory=dict)
    asked: list[Dataset] = field(default_factory=list)
    takes_get: bool = True
    _server: Any = None

    def start(self) -> None:
        """Again on the same port once it had one."""
        ae = AE(ae_title=TITLE)
        for context in AllStoragePresentationContexts:
            ae.add_supported_context(
                str(context.abstract_syntax), context.transfer_syntax, scu_role=True, scp_role=True
            )
        ae.add_supported_context(VERIFICATION)
        ae.add_supported_context(STUDY_ROOT_FIND)
        ae.add_supported_context(STUDY_ROOT_MOVE)
        if self.takes_get:
            ae.add_supported_context(STUDY_ROOT_GET)
        for context in AllStoragePresentationContexts[:120]:
            ae.add_requested_context(str(context.abstract_syntax))
        handlers: list[Any] = [
            (evt.EVT_C_STORE, self._store),
            (evt.EVT_C_FIND, self._find),
            (evt.EVT_C_MOVE, self._move),
            (evt.EVT_C_GET, self._get),
        ]
        self._server = serving(ae, handlers, port=self.port)
        self.port = self._server.socket.getsockname()[1]

    def stop(self) -> None:
        """It is away; its port refuses connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server = None

    def _store(self, event: Any) -> int:
        uid = str(event.request.AffectedSOPInstanceUID)
        time.sleep(self.seconds)
        if self.breaks_after is not None and len(self.received) >= self.breaks_after:
            event.assoc.abort()
            return 0xA700
        if uid in self.refused:
            return 0xA900
        self.received.append(uid)
        return 0x0000

    def _studies(self) -> dict[str, list[Dataset]]:
        found: dict[str, list[Dataset]] = {}
        for data in self.files:
            dataset = dcmread(BytesIO(data))
            found.setdefault(str(dataset.StudyInstanceUID), []).append(dataset)
        return found

    def _find(self, event: Any) -> Iterator[tuple[int, Dataset | None]]:
        self.asked.append(event.identifier)
        for datasets in self._studies().values():
            first, answer = datasets[0], Dataset()
            answer.SpecificCharacterSet = "ISO_IR 192"
            answer.QueryRetrieveLevel = "STUDY"
            for keyword in (
                "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate",
                "StudyTime", "AccessionNumber", "StudyDescription",
            ):  # fmt: skip
                setattr(answer, keyword, first.get(keyword, ""))
            answer.ModalitiesInStudy = first.Modality
            answer.NumberOfStudyRelatedInstances = len(datasets)
            yield 0xFF00, answer

    def _wanted(self, event: Any) -> list[Dataset]:
        return self._studies().get(str(event.identifier.StudyInstanceUID), [])

    def _move(self, event: Any) -> Iterator[Any]:
        place = self.move_to.get(str(event.move_destination).strip())
        if place is None:
            yield None, None
            return
        wanted = self._wanted(event)
        yield place[0], place[1], {"contexts": _contexts(wanted)}
        yield len(wanted)
        yield from self._one_by_one(event, wanted)

    def _get(self, event: Any) -> Iterator[Any]:
        wanted = self._wanted(event)
        yield len(wanted)
        yield from self._one_by_one(event, wanted)

    def _one_by_one(self, event: Any, wanted: list[Dataset]) -> Iterator[tuple[int, Dataset | None]]:
        for dataset in wanted:
            if event.is_cancelled:
                yield 0xFE00, None
                return
            time.sleep(self.seconds)
            yield 0xFF00, dataset


def _contexts(wanted: list[Dataset]) -> list[Any]:
    classes = {str(dataset.SOPClassUID) for dataset in wanted}
    return [context for context in AllStoragePresentationContexts if context.abstract_syntax in classes]
