"""C-GET (PS3.4 C.4.3): the instances come back on the association on which they are asked for."""

from collections.abc import Collection
from contextlib import closing

from app.dimse.contexts import SERVICES, Context
from app.dimse.exchange import Established, Exchange
from app.dimse.identifiers import IdentifierMismatch
from app.dimse.messages import Answer
from app.dimse.retrieval import Progress, asked_for, mismatch_answer, record_begin, record_end
from app.dimse.sending import Sender


def get(exchange: Exchange, data: bytes) -> Answer:
    """Sends the instances and pending answers; returns the last."""
    association = exchange.association
    try:
        retrieval = asked_for(exchange, data)
    except IdentifierMismatch as mismatch:
        return mismatch_answer(mismatch)
    progress = Progress(exchange, retrieval)
    sender = Sender(
        association.channel,
        _receiving(association),
        blobs=association.engines.blobs,
        decoder=association.engines.decoder,
        cancels=exchange.command.message_id,
    )
    record_begin(association, retrieval, association.calling_ae_title)
    try:
        with closing(sender.send(retrieval.files)) as results:
            for stored in results:
                progress.count(stored)
                if sender.cancelled or exchange.cancelled():
                    return progress.last_answer(cancelled=True)
    finally:
        record_end(association, retrieval, progress.sent, association.calling_ae_title)
    return progress.last_answer(cancelled=False)


def _receiving(association: Established) -> Collection[Context]:
    """Contexts on which the peer takes instances: it has said so by role selection (PS3.7 D.3.3.4)."""
    return [
        context
        for context in association.contexts.values()
        if context.abstract_syntax not in SERVICES
        and (roles := association.roles.get(context.abstract_syntax)) is not None
        and roles.scp
    ]
