"""Every kind of event by its name: the consult's own and those of its sub-rooms."""

from consults import events
from consults.event_base import Event

EVENTS: dict[str, type[Event]] = {**events.EVENTS}
