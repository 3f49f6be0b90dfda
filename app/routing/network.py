"""What routing, pages and jobs ask of the DICOM network. `app.dimse.network` does it; the wiring hands it in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.archive.outgoing import OutgoingFile


@dataclass(frozen=True)
class Remote:
    """A peer as we call it: from `calling_ae_title` (the hospital's) to `ae_title` at host and port."""

    device_id: str
    name: str
    ae_title: str
    host: str
    port: int
    tls: bool
    calling_ae_title: str


@dataclass
class Sent:
    """How far a sending is, or a fetching. `done` counts what the peer accepted, with warnings too (`warnings` says how
    many those were), `failed` what it refused, `total` all, as far as it is known (0: not). Of a sending the first
    `done + failed` instances in the order given have been answered, and of them all but `failed_uids` are the peer's.
    """

    done: int = 0
    failed: int = 0
    warnings: int = 0
    total: int = 0
    failed_uids: list[str] = field(default_factory=list)
    last_error: str = ""


class Network(Protocol):
    """Every call raises Unavailable with a sentence when the peer cannot be reached or refuses."""

    def echo(self, remote: Remote) -> float:
        """C-ECHO; seconds it took."""

    def find(
        self, remote: Remote, level: str, matches: Mapping[str, str], *, most: int = 200
    ) -> list[dict[str, Any]]:
        """C-FIND (Study Root) at STUDY, SERIES or IMAGE; answers in the DICOM JSON model."""

    def move(
        self,
        remote: Remote,
        study_instance_uid: str,
        *,
        destination_ae_title: str,
        cancelled: Callable[[], bool],
    ) -> Iterator[Sent]:
        """C-MOVE of a study; yields the counts of each pending answer and of the last."""

    def get(
        self,
        remote: Remote,
        study_instance_uid: str,
        *,
        store: Callable[[str, str, str, Iterator[bytes]], int],
        cancelled: Callable[[], bool],
    ) -> Iterator[Sent]:
        """C-GET of a study; `store(sop_class, sop_instance, transfer_syntax, data set bytes) -> status`."""

    def send(
        self, remote: Remote, instances: Sequence[OutgoingFile], *, cancelled: Callable[[], bool]
    ) -> Iterator[Sent]:
        """C-STORE of instances in this order, transcoded where the peer takes no other; yields after each."""

    def report_commitment(
        self,
        remote: Remote,
        transaction_uid: str,
        committed: Sequence[tuple[str, str]],
        failed: Sequence[tuple[str, str, int]],
    ) -> None:
        """N-EVENT-REPORT of Storage Commitment Push Model on a new association (PS3.4 J.3.3)."""

    def announce_availability(self, remote: Remote, study: Mapping[str, Any]) -> None:
        """Instance Availability Notification, N-CREATE (PS3.4 R.3.2)."""
