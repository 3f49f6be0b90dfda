"""The decode process: a supervisor of decoder children on a socket in the folder of sockets."""

from app.base.settings import Settings
from app.render.decode_server import Limits
from app.render.decode_server import serve as serve_socket


def serve(settings: Settings) -> None:
    """Runs until told to stop."""
    decode = settings.decode
    limits = Limits(decode.workers, decode.memory_mb, decode.seconds)
    serve_socket(settings.run_dir / "decode.sock", limits)
