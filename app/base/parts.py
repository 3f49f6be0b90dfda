"""What a part beyond the platform hands in. `app.main` loads the parts named in the settings (`parts`), each a
package with a module `part` that offers `register(platform)`; nothing in `app` knows them by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.base.actor import Actor, Permission


@dataclass(frozen=True)
class StudyAction:
    """A link beside a study in lists and in the viewer, such as "Ask for a consult"."""

    label: str  # message of the catalogue
    path: str  # with {study_id}
    permission: Permission
    foreign: bool = False  # offered for studies that another hospital shares, too


@dataclass(frozen=True)
class Demonstration:
    """Who and what the demonstration made, for parts that add to it: actors by sign-in name, studies by name."""

    actors: Mapping[str, Actor]
    studies: Mapping[str, str]


@dataclass
class Platform:
    """Filled by each part's `register`, read by the wiring. Factories get `app.edge.services.Services`."""

    blueprints: list[Callable[[Any], Any]] = field(default_factory=list)  # Services -> flask.Blueprint
    namespaces: list[Callable[[Any], Any]] = field(
        default_factory=list
    )  # Services -> flask_socketio.Namespace
    jobs: dict[str, Callable[[Any], Callable[[str], None]]] = field(
        default_factory=dict
    )  # Services -> JobHandler
    periodic: list[tuple[float, Callable[[Any], None]]] = field(
        default_factory=list
    )  # seconds, called with Services
    demonstrations: list[Callable[[Any, Demonstration], None]] = field(default_factory=list)  # with Services
    templates: list[Path] = field(default_factory=list)  # folders of Jinja templates
    migrations: list[Path] = field(default_factory=list)  # folders of alembic versions, a branch each
    study_actions: list[StudyAction] = field(default_factory=list)
