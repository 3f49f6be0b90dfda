"""Every kind of event by its name: the consult's own and those of its sub-rooms."""

from consults import events
from consults.agreements import events as agreements
from consults.attachments import events as attachments
from consults.calls import events as calls
from consults.dispatch import events as dispatch
from consults.event_base import Event
from consults.guests import events as guests
from consults.minutes import events as minutes
from consults.opinions import events as opinions
from consults.preflight import events as preflight
from consults.recordings import events as recordings
from consults.starts import events as starts

EVENTS: dict[str, type[Event]] = {
    **agreements.EVENTS,
    **attachments.EVENTS,
    **calls.EVENTS,
    **dispatch.EVENTS,
    **events.EVENTS,
    **guests.EVENTS,
    **minutes.EVENTS,
    **opinions.EVENTS,
    **preflight.EVENTS,
    **recordings.EVENTS,
    **starts.EVENTS,
}
