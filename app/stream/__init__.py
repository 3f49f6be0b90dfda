"""Door: frames and documents to the viewer, over HTTP and a WebSocket, for the session or patient link that opened the study."""

from flask import Blueprint

from app.edge.services import Services
from app.stream import frames
from app.stream.channel import add_channel
from app.stream.clips import add_clips
from app.stream.documents import add_documents
from app.stream.objects import add_objects
from app.stream.volumes import add_volumes

__all__ = ["blueprint"]


def blueprint(services: Services) -> Blueprint:
    door = frames.blueprint(services)
    add_channel(door, services)
    add_clips(door, services)
    add_documents(door, services)
    add_objects(door, services)
    add_volumes(door, services)
    return door
