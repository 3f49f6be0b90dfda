"""C-FIND (PS3.4 C.4.1): one answer for each patient, study, series or instance that matches, newest first."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.archive.attributes import Level, attribute_named
from app.archive.failures import DATA_SET_DOES_NOT_MATCH
from app.archive.queries import (
    Found,
    Search,
    search_instances,
    search_patients,
    search_series,
    search_studies,
)
from app.base.actor import Right
from app.dimse.datasets import SPECIFIC_CHARACTER_SET, UTF_8, Json, Value, read_data_set, write_data_set
from app.dimse.exchange import Exchange
from app.dimse.identifiers import (
    LEVELS,
    QUERY_RETRIEVE_LEVEL,
    UNIQUE_KEYS,
    Identifier,
    IdentifierMismatch,
    read_identifier,
)
from app.dimse.messages import Answer, write_response
from app.dimse.status import CANCELLED, PENDING, PENDING_WITH_WARNING, SUCCESS
from app.dimse.upper_layer import command_pdus, data_set_pdus

_FIRST_PAGE, _PAGE = 100, 500
_RETRIEVE_AE_TITLE = "00080054"
_INSTANCE_AVAILABILITY = "00080056"
_LEVELS = dict(zip(LEVELS, Level, strict=True))
_SEARCHES = {
    "PATIENT": search_patients,
    "STUDY": search_studies,
    "SERIES": search_series,
    "IMAGE": search_instances,
}
_UNMATCHED = frozenset({SPECIFIC_CHARACTER_SET, _RETRIEVE_AE_TITLE, _INSTANCE_AVAILABILITY})


def find(exchange: Exchange, data: bytes) -> Answer:
    """Sends the pending answers and returns the last."""
    association = exchange.association
    association.actor.check_right(Right.QUERY)
    asked = read_data_set(data, exchange.context.transfer_syntax)
    try:
        identifier = read_identifier(
            asked, exchange.context.abstract_syntax, relational=exchange.extension.relational
        )
    except IdentifierMismatch as mismatch:
        return Answer(DATA_SET_DOES_NOT_MATCH, str(mismatch), offending=(mismatch.tag,))
    query = Query(exchange, identifier)
    try:
        return query.run()
    finally:
        association.queries.count(
            sop_class_uid=exchange.context.abstract_syntax,
            level=identifier.level,
            keys=tuple(sorted(query.matches)),
            answers=query.answered,
        )


def _asked(value: Value) -> Any:
    """What is matched: a text, or the keys of a sequence's item."""
    if value.items is None:
        return value.text
    item = value.items[0] if value.items else {}
    return {tag: _asked(key) for tag, key in item.items() if _asked(key)}


class Query:
    """One C-FIND under way."""

    def __init__(self, exchange: Exchange, identifier: Identifier) -> None:
        self._exchange = exchange
        self._identifier = identifier
        self._level = _LEVELS[identifier.level]
        known = {tag for tag in identifier.keys if self._is_known(tag)}
        asked = ((tag, _asked(identifier.keys[tag])) for tag in known - _UNMATCHED)
        self.matches: dict[str, Any] = {tag: value for tag, value in asked if value}
        self._returned = sorted({*known, UNIQUE_KEYS[identifier.level]} - _UNMATCHED)
        self._warns = len(known) < len(identifier.keys)
        self._sent: set[str] = set()  # unique keys of this page, and of the one before
        self._sent_before: set[str] = set()
        self.answered = 0

    def _is_known(self, tag: str) -> bool:
        attribute = attribute_named(tag)
        return tag in _UNMATCHED or (attribute is not None and attribute.level <= self._level)

    def run(self) -> Answer:
        """All answers, page by page: between two pages no transaction is open and a cancel is seen."""
        for found in self._pages():
            if self._exchange.cancelled():
                return Answer(CANCELLED)
            self._send(found)
        return Answer(SUCCESS)

    def _pages(self) -> Iterator[Found]:
        association = self._exchange.association
        offset, limit = 0, _FIRST_PAGE
        while True:
            search = Search(
                self.matches,
                hospital_id=association.hospital_id,
                fuzzy=self._exchange.extension.fuzzy,
                combined_times=self._exchange.extension.date_with_time,
                include=self._returned,
                only=True,
                limit=limit,
                offset=offset,
            )
            with association.engines.db.reading() as tx:
                found = _SEARCHES[self._identifier.level](tx, association.actor, search)
            yield found
            if not found.more:
                return
            offset, limit = offset + limit, _PAGE

    def _send(self, found: Found) -> None:
        """A page in one write. What moved to this page because something new came before it is not said twice."""
        exchange = self._exchange
        channel = exchange.association.channel
        context_id = exchange.context.context_id
        status = PENDING_WITH_WARNING if self._warns or found.ignored else PENDING
        pending = write_response(exchange.command, Answer(status, data_set=b"-"))
        command = command_pdus(context_id, pending, channel.max_length)
        pieces = []
        self._sent_before, self._sent = self._sent, set()
        for item in found.items:
            if self._is_repeated(item):
                continue
            data = write_data_set(self._answer(item), exchange.context.transfer_syntax)
            pieces += [command, data_set_pdus(context_id, data, channel.max_length)]
            self.answered += 1
        if pieces:
            channel.wire.send(b"".join(pieces))

    def _is_repeated(self, item: Json) -> bool:
        """Two patients may have one number; of all other levels the unique key is unique."""
        if self._identifier.level == "PATIENT":
            return False
        key = str(item[UNIQUE_KEYS[self._identifier.level]].get("Value", [""])[0])
        repeated = key in self._sent or key in self._sent_before
        self._sent.add(key)
        return repeated

    def _answer(self, item: Json) -> Mapping[str, Mapping[str, Any]]:
        answer = {tag: item[tag] for tag in self._returned if tag in item}
        answer[SPECIFIC_CHARACTER_SET] = UTF_8
        answer[QUERY_RETRIEVE_LEVEL] = {"vr": "CS", "Value": [self._identifier.level]}
        answer[_RETRIEVE_AE_TITLE] = {"vr": "AE", "Value": [self._exchange.association.called_ae_title]}
        if _INSTANCE_AVAILABILITY in self._identifier.keys:
            answer[_INSTANCE_AVAILABILITY] = {"vr": "CS", "Value": ["ONLINE"]}
        return answer
