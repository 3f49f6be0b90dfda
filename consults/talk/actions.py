"""Every write of the talk; made as those of consults.actions are."""

from collections.abc import Collection
from secrets import token_hex
from typing import Any

from sqlalchemy import bindparam, select

from app.annotations.queries import has_mark
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx, insert_once
from app.base.errors import Forbidden, Invalid, NotFound
from app.base.ids import new_id
from app.base.limits import hit
from app.base.prepared import Prepared
from consults.access import consult_for, led_to
from consults.attachments.actions import (
    Beside,
    add_attachment,
    case_to_fill,
    sent_before,
    withdraw_attachment,
)
from consults.attachments.kinds import FileKind, Kind
from consults.attachments.place import check_place
from consults.attachments.queries import AttachmentFile, attachment_for
from consults.attachments.schemas import WithdrawAttachment
from consults.events import MessagePostedData
from consults.guests.nameless import scrubber_of
from consults.history import append, keep_line
from consults.lifecycle import Verb
from consults.lines import Reply, Sentence
from consults.models import Consult, ConsultEvent, Message
from consults.steps import Answer, check_study
from consults.talk.models import GlossaryPins, KeepingKey, LineReader, Note, Seen
from consults.talk.readers import check_people, readers_of
from consults.talk.schemas import GiveFile, KeepNote, KeepPins, PostMessage, Quoted

MESSAGES_A_MINUTE = 120
WRITTEN_BY = {"answer": "answer.given", "opinion": "opinion.given"}


def post_message(tx: Tx, actor: Actor, *, wish: PostMessage) -> Answer:
    """A line of the talk. The same `client_id` said twice is one line."""
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, wish.consult_id, lock=True)
    said = _SAID.first(tx, consult=consult.id, author=actor.id, client=wish.client_id)
    if said is not None:
        return {"id": said[0], "number": said[1]}
    led_to(consult, actor, Verb.DISCUSS)
    hit(tx, "consult.message", actor.id, limit=MESSAGES_A_MINUTE, seconds=60)
    view = wish.view.model_dump(mode="json") if wish.view else None
    if wish.view is not None:
        check_study(consult, wish.view.study_id)
    more = _more(tx, actor, consult, wish)
    line = {"id": new_id(), "client_id": wish.client_id, "text": wish.text, "view": view}
    data = MessagePostedData(**line, **more)
    number = append(tx, actor, consult, "message.posted", data, action="C")
    _name(tx, consult, number, only=more.get("recipients", []), mentioned=wish.mentions)
    kept = data.model_dump(mode="json", include=set(more)) or None
    keep_line(tx, actor, consult, number, line | {"more": kept})
    return {"id": line["id"], "number": number}


_SAID = Prepared(
    lambda _dialect: select(Message.id, Message.number).where(
        Message.consult_id == bindparam("consult"),
        Message.author_id == bindparam("author"),
        Message.client_id == bindparam("client"),
    )
)


def _more(tx: Tx, actor: Actor, consult: Consult, wish: PostMessage) -> dict[str, Any]:
    """What the line carries, checked; what was not given is not there."""
    check_people(tx, consult, {*wish.mentions, *(wish.recipients or ())} - {actor.id})
    readers = None if wish.recipients is None else {*wish.recipients, actor.id}
    if readers is not None and not readers.issuperset(wish.mentions):
        raise Invalid("mention_unread", "Somebody is named who could not read the line.")
    if wish.reply_to is not None:
        _check_reply(tx, actor, consult, wish.reply_to, readers)
    _check_files(tx, actor, wish, readers)
    sentence = _found(tx, actor, consult, wish.sentence) if wish.sentence else None
    more: dict[str, Any] = {
        "attachments": list(dict.fromkeys(wish.attachments)),
        "mentions": sorted(set(wish.mentions)),
        "recipients": sorted(readers) if readers else None,
        "region": wish.region,
        "reply_to": wish.reply_to,
        "sentence": sentence,
        "voice": wish.voice,
    }
    return {name: value for name, value in more.items() if value}


def _check_files(tx: Tx, actor: Actor, wish: PostMessage, readers: set[str] | None) -> None:
    """Nobody is told of a file they are not shown."""
    for attachment_id in wish.attachments:
        file = attachment_for(tx, actor, wish.consult_id, attachment_id)
        if not _is_shown_to_all(file, readers):
            raise Invalid("file_for_few", "The file was sent to chosen people: the line can only go to them.")
        if wish.voice is not None and file.kind != Kind.AUDIO:
            raise Invalid("no_voice", "This file is no sound.")


def _is_shown_to_all(file: AttachmentFile, readers: set[str] | None) -> bool:
    return file.recipients is None or (readers is not None and readers.issubset(file.recipients))


def file_wanted(tx: Tx, actor: Actor, *, wish: GiveFile) -> Consult:
    """The consult, for whoever may give it a file; raises as well when there is no room for one that is new."""
    consult = case_to_fill(tx, actor, wish.consult_id)
    if not actor.sees_names:
        raise Forbidden("files_closed", "Files of this case are not open to you.")
    if sent_before(tx, actor, consult, wish.client_id) is None:
        check_place(tx, actor, consult)
    return consult


def give_file(tx: Tx, actor: Actor, *, blob: Blob, file: FileKind, wish: GiveFile) -> str:
    """Its id; the same `client_id` sent twice is one file."""
    consult = file_wanted(tx, actor, wish=wish)
    sent = sent_before(tx, actor, consult, wish.client_id)
    if sent is not None:
        return sent
    check_people(tx, consult, {*(wish.recipients or ())} - {actor.id})
    few = tuple(sorted({*wish.recipients, actor.id})) if wish.recipients else None
    beside = Beside(wish.description, wish.client_id, few)
    id_, number = add_attachment(tx, actor, consult=consult, blob=blob, file=file, beside=beside)
    _name(tx, consult, number, only=few or (), mentioned=())
    return id_


def take_back_file(tx: Tx, actor: Actor, *, wish: WithdrawAttachment) -> Answer:
    """Told to those alone who were shown it."""
    consult = case_to_fill(tx, actor, wish.consult_id)
    file = attachment_for(tx, actor, consult.id, wish.attachment_id)
    answer = withdraw_attachment(tx, actor, wish=wish)
    _name(tx, consult, answer["number"], only=file.recipients or (), mentioned=())
    return answer


def _check_reply(tx: Tx, actor: Actor, consult: Consult, to: Reply, readers: set[str] | None) -> None:
    """Raises NotFound for what the actor cannot see; an answer is read by nobody who may not read what it answers."""
    if to.kind == "annotation":
        if not has_mark(tx, consult.id, to.id):
            raise NotFound
        return
    line = tx.session.scalar(select(Message).where(Message.id == to.id, Message.consult_id == consult.id))
    few = readers_of(tx, consult.id, line.number) if line else None
    if line is None or (few is not None and actor.id not in few):
        raise NotFound
    if few is not None and (readers is None or not readers <= few):
        raise Invalid(
            "reply_to_few", "That line was written to chosen people: the answer can only go to them."
        )


def _found(tx: Tx, actor: Actor, consult: Consult, quoted: Quoted) -> Sentence:
    """The newest text with these words in it, as the actor is shown it: else blackened words could be guessed."""
    texts = (
        select(ConsultEvent)
        .where(ConsultEvent.consult_id == consult.id, ConsultEvent.type == WRITTEN_BY[quoted.source])
        .order_by(ConsultEvent.number.desc())
    )
    scrub = None if actor.sees_names else scrubber_of(tx, consult)
    for event in tx.session.scalars(texts):
        written = event.data.get("text", "")
        shown = scrub.text(written) if scrub else written
        if quoted.quote in shown:
            return Sentence(source=quoted.source, quote=quoted.quote, number=event.number)
    raise Invalid("no_such_sentence", "These words do not stand in the answer. Choose them again.")


def _name(
    tx: Tx, consult: Consult, number: int, *, only: Collection[str], mentioned: Collection[str]
) -> None:
    for person_id in sorted({*only, *mentioned}):
        named = {"only": person_id in only, "mentioned": person_id in mentioned}
        tx.session.add(LineReader(consult_id=consult.id, number=number, person_id=person_id, **named))


def keep_note(tx: Tx, actor: Actor, *, wish: KeepNote) -> None:
    """One's own note: no event and no number, nobody hears of it. That it was written is recorded, not its words."""
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, wish.consult_id)
    tx.session.merge(
        Note(consult_id=consult.id, person_id=actor.id, text=wish.text.rstrip(), changed_at=tx.now)
    )
    record(
        tx,
        actor,
        AuditKind.ORDER_RECORD,
        "U",
        subject_type="consult",
        subject_id=consult.id,
        hospital_id=actor.hospital_id,
        detail={"own": "note"},
    )


def keep_pins(tx: Tx, actor: Actor, *, wish: KeepPins) -> None:
    """Phrases on top of the actor's glossary; like the looks of a page, no record."""
    actor.check(Permission.CONSULT_DISCUSS)
    tx.session.merge(GlossaryPins(person_id=actor.id, terms=list(dict.fromkeys(wish.terms))))


def keeping_key(tx: Tx, actor: Actor) -> str:
    """The actor's key for what their browsers keep of unsent words, 256 bits in hexadecimal; made when first asked for.
    Like the looks of a page, no record.
    """
    actor.check(Permission.CONSULT_DISCUSS)
    insert_once(tx, KeepingKey, person_id=actor.id, key=token_hex(32))
    return tx.session.get_one(KeepingKey, actor.id).key


def note_seen(tx: Tx, actor: Actor, *, consult_id: str, number: int) -> None:
    """How far somebody had the talk in sight: bookkeeping, neither an event nor a record."""
    consult = consult_for(tx, actor, consult_id)
    row = tx.session.get(Seen, (consult.id, actor.id))
    last = max(min(number, consult.last), row.number if row else 0)
    tx.session.merge(Seen(consult_id=consult.id, person_id=actor.id, number=last))
