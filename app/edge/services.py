"""What every door is handed at start."""

from dataclasses import dataclass, field
from typing import Any

from app.base.blobs import Blobs
from app.base.db import Database
from app.base.events import LiveEvents
from app.base.parts import Platform
from app.base.settings import Settings


@dataclass(frozen=True)
class Services:
    """The engines of one web process. Doors keep it and open their own transactions."""

    settings: Settings
    db: Database
    blobs: Blobs
    events: LiveEvents
    renderer: Any  # app.render.frames.Renderer; pages that show no picture run without one
    network: Any = None  # app.routing.network.Network; tests of pages that call nobody run without one
    platform: Platform = field(default_factory=Platform)  # what parts beyond the platform handed in
