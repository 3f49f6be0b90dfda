"""The menu: each door offers its entries, and everybody sees those their roles open."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState
from flask.sansio.app import App

from app.base.actor import Actor, Permission

_KEY = "hoichan_nav"


@dataclass(frozen=True, order=True)
class NavItem:
    """One entry. `label` is a sentence of the catalogue; any one of `permissions` opens it."""

    order: int
    path: str
    label: str
    permissions: tuple[Permission, ...]
    waiting: Callable[[Actor], int] | None = field(default=None, compare=False)  # how much waits for a person


def offer(blueprint: Blueprint, item: NavItem) -> None:
    """The entry appears in every app the blueprint is registered with."""

    def add(state: BlueprintSetupState) -> None:
        _items(state.app).append(item)

    blueprint.record(add)


def _items(flask_app: App) -> list[NavItem]:
    found: list[NavItem] = flask_app.extensions.setdefault(_KEY, [])
    return found


def items_for(actor: Actor | None) -> list[NavItem]:
    """In order, only what this actor may open."""
    if actor is None:
        return []
    allowed = [item for item in _items(current_app) if any(actor.allows(p) for p in item.permissions)]
    return sorted(allowed)
