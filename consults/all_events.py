"""Every kind of event by its name: the consult's own and those of its sub-rooms."""

from consults import events
from consults.agreements import events as agreements
from consults.attachments import events as attachments
from consults.event_base import Event
from consults.opinions import events as opinions

EVENTS: dict[str, type[Event]] = {
    **agreements.EVENTS,
    **attachments.EVENTS,
    **events.EVENTS,
    **opinions.EVENTS,
}
