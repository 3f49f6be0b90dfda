"""Live lists: what concerns a hospital or a person, told to their open pages. Namespace /live; nothing is received."""

from app.base.events import LiveEvent
from app.edge.sockets import Connection, GuardedNamespace, SocketGate

NAMESPACE = "/live"


class LiveNamespace(GuardedNamespace):
    """Forwards committed events. Payloads hold ids and counts; the page asks for the rest with its own rights."""

    def __init__(self, gate: SocketGate) -> None:
        super().__init__(NAMESPACE, gate)
        for prefix in ("hospital:", "person:"):
            gate.services.events.subscribe(prefix, self._forward)

    def entered(self, connection: Connection) -> None:
        """A person hears what concerns them and their hospital; somebody of no hospital only the former."""
        connection.join(f"person:{connection.actor.id}")
        if connection.actor.hospital_id is not None:
            connection.join(f"hospital:{connection.actor.hospital_id}")

    def _forward(self, event: LiveEvent) -> None:
        self.socketio.emit(event.type, event.payload, to=event.topic, namespace=self.namespace)
