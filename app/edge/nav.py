"""The menu: each door offers its entries, and everybody sees those their roles open."""

from collections.abc import Callable, Iterable
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
    group: str = ""  # a sentence of the catalogue: entries of one group fold into one
    waiting: Callable[[Actor], int] | None = field(default=None, compare=False)  # how much waits for a person


@dataclass(frozen=True)
class NavGroup:
    """What stands in the menu: one entry alone (without a label), or several under one label."""

    label: str
    items: tuple[NavItem, ...]


def offer(blueprint: Blueprint, item: NavItem) -> None:
    """The entry appears in every app the blueprint is registered with."""

    def add(state: BlueprintSetupState) -> None:
        _items(state.app).append(item)

    blueprint.record(add)


def _items(flask_app: App) -> list[NavItem]:
    found: list[NavItem] = flask_app.extensions.setdefault(_KEY, [])
    return found


def menu_for(actor: Actor | None) -> list[NavGroup]:
    """In order, only what this actor may open; whoever has one entry of a group sees it without the group."""
    if actor is None or actor.is_guest:  # a guest has one room and nothing beside it
        return []
    allowed = [item for item in _items(current_app) if any(actor.allows(p) for p in item.permissions)]
    grouped: dict[str, list[NavItem]] = {}
    for item in sorted(allowed):
        grouped.setdefault(item.group or item.path, []).append(item)
    return [NavGroup(label if len(items) > 1 else "", tuple(items)) for label, items in grouped.items()]


def path_here(groups: Iterable[NavGroup], path: str) -> str:
    """The path of the entry that `path` belongs to, the narrowest of several; "" when none does."""
    paths = [item.path for group in groups for item in group.items]
    return max((one for one in paths if path == one or path.startswith(f"{one}/")), key=len, default="")
