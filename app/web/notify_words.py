"""What the vocabularies of telling are called on pages."""

from collections.abc import Collection

from flask import Blueprint

from app.edge.language import gettext
from app.notify.lifecycle import Channel, Digest, Kind, OutgoingState

KINDS: dict[str, tuple[str, str]] = {
    Kind.CASE: ("New cases", "Somebody asks you or your hospital, or a case waits again."),
    Kind.PROGRESS: ("Progress of my cases", "Accepted, sent back, answered, completed."),
    Kind.MESSAGE: ("Messages in a case", "Lines written while you were not there."),
    Kind.REMINDER: ("Things to remember", "What is missing, late, or was asked of you some days ago."),
    Kind.ARCHIVE: (
        "Studies and deliveries",
        "Rules, deliveries that failed, studies that were fetched, storage.",
    ),
}
CHANNELS: dict[str, str] = {
    Channel.MAIL: "Mail",
    Channel.MESSENGER: "Message",
    Channel.WEBHOOK: "Webhook",
}
STATES: dict[str, tuple[str, str]] = {
    OutgoingState.DROPPED: ("Not needed any more", "plain"),
    OutgoingState.FAILED: ("Failed", "bad"),
    OutgoingState.HELD: ("Held until later", "plain"),
    OutgoingState.KEPT: ("Only here: no mail server", "warn"),
    OutgoingState.SENDING: ("Being sent", "accent"),
    OutgoingState.SENT: ("Sent", "good"),
    OutgoingState.WAITING: ("Waiting", "accent"),
}
DIGESTS: dict[str, str] = {
    Digest.OFF: "Each by itself",
    Digest.HOURLY: "Together, once an hour",
    Digest.DAILY: "Together, each morning at 7",
}


def install(door: Blueprint) -> None:
    """For the templates of the outbox."""
    door.add_app_template_global(
        lambda: {"channels": CHANNELS, "states": STATES, "kinds": KINDS}, "notify_words"
    )


def kinds() -> list[tuple[str, str, str]]:
    """Value, name and explanation, in the reader's language."""
    return [(str(kind), gettext(name), gettext(hint)) for kind, (name, hint) in KINDS.items()]


def digests() -> list[tuple[str, str]]:
    return [(str(digest), gettext(name)) for digest, name in DIGESTS.items()]


def kinds_in(words: Collection[str]) -> frozenset[Kind]:
    """Those of the words that are kinds."""
    return frozenset(kind for kind in Kind if kind in words)


def digest_in(word: str) -> Digest:
    """The word, or one by one."""
    return next((digest for digest in Digest if digest == word), Digest.OFF)
