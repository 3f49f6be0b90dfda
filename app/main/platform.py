"""Opens the engines and loads the parts: what every process does first."""

from dataclasses import dataclass
from importlib import import_module

from app.base.blobs import Blobs
from app.base.db import Database
from app.base.events import LiveEvents
from app.base.jobs import JobQueue
from app.base.parts import Platform
from app.base.settings import Settings, SettingsError
from app.dimse.network import DicomNetwork
from app.edge.services import Services
from app.render.cache import FileCache
from app.render.decode import DecodeClient
from app.render.frames import Renderer


def load_parts(settings: Settings) -> Platform:
    """Each part named in the settings registers itself. Raises SettingsError for a name that is none."""
    platform = Platform()
    for name in settings.parts:
        try:
            part = import_module(f"{name}.part")
        except ModuleNotFoundError as error:
            raise SettingsError(
                f"The setting parts names {name!r}, but there is no such part. Remove it from the list."
            ) from error
        part.register(platform)
    return platform


@dataclass(frozen=True)
class Engines:
    """What a process closes at its end."""

    services: Services

    def close(self) -> None:
        """Ends listening and closes every connection."""
        self.services.events.stop()
        self.services.db.dispose()


def open_engines(settings: Settings, *, listen: bool = False) -> Engines:
    """Database, objects, live events, decoders and parts of one process."""
    platform = load_parts(settings)
    db = Database(settings.database, pool_size=settings.web.threads)
    blobs = Blobs(settings.data_dir, settings.storage.reserve_mb << 20, writes_apart=True)
    events = LiveEvents(db, settings.run_dir)
    cache = FileCache(settings.data_dir / "cache", settings.storage.cache_mb << 20)
    renderer = Renderer(blobs, DecodeClient.of(settings), cache)
    JobQueue(
        settings.data_dir
    )  # what this process enqueues is handed to the worker at once, not by its sweep
    if listen:
        events.start()
    network = DicomNetwork(settings, blobs)
    return Engines(Services(settings, db, blobs, events, renderer, network=network, platform=platform))
