"""A storage SCP that throws away what it receives: what is measured is whoever sends to it."""

import multiprocessing
import socket
import threading

from app.dimse.channel import Channel
from app.dimse.contexts import negotiate
from app.dimse.messages import Answer, write_response
from app.dimse.negotiation import read_request, write_accept
from app.dimse.upper_layer import MAX_ASSOCIATE_RQ, ConnectionLost, Wire, release_rp


def _serve(connection: socket.socket) -> None:
    wire = Wire(connection)
    _type, field = wire.read(limit=MAX_ASSOCIATE_RQ, seconds=10)
    request = read_request(field)
    wire.send(
        write_accept(request, negotiate(request.contexts, accept_private=False), roles={}, extensions={})
    )
    channel = Channel(wire, max_length=request.max_length, seconds=60)
    try:
        while True:
            context_id, command = channel.receive_command()
            for _fragment in channel.data() if command.has_data_set else ():
                pass
            channel.send(context_id, write_response(command, Answer(0)))
    except ConnectionLost:
        wire.send(release_rp())
    finally:
        wire.close()


def _run(port: int) -> None:
    listener = socket.create_server(("127.0.0.1", port))
    while True:
        connection, _address = listener.accept()
        threading.Thread(target=_serve, args=(connection,), daemon=True).start()


def start_sink(port: int) -> multiprocessing.process.BaseProcess:
    """In a process of its own, so that it takes no time from a server of the bench's."""
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(port,), daemon=True)
    process.start()
    return process
