"""Door: frames to the viewer, over HTTP, for the session or patient link that opened the study."""

from app.stream.frames import blueprint

__all__ = ["blueprint"]
