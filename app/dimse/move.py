"""C-MOVE (PS3.4 C.4.2): the instances go to a third, on an association of ours. Only to registered devices of the
hospital, at the address that its administrator gave: a peer cannot make us call whom it likes.
"""

from contextlib import closing

from app.base.errors import HoichanError, Invalid, NotFound
from app.dimse.exchange import Exchange
from app.dimse.identifiers import IdentifierMismatch
from app.dimse.messages import Answer
from app.dimse.offers import Offers, batches
from app.dimse.retrieval import Progress, asked_for, mismatch_answer, record_begin, record_end
from app.dimse.scu import Client
from app.dimse.sending import Sender
from app.dimse.status import MOVE_DESTINATION_UNKNOWN
from app.identity.queries import device_titled
from app.routing.network import Remote
from app.routing.remotes import remote_of


def move(exchange: Exchange, data: bytes) -> Answer:
    """Sends the instances, tells progress where it was asked for, and returns the last answer."""
    association = exchange.association
    try:
        retrieval = asked_for(exchange, data)
    except IdentifierMismatch as mismatch:
        return mismatch_answer(mismatch)
    try:
        remote = _destination(exchange)
    except (Invalid, NotFound):
        return Answer(MOVE_DESTINATION_UNKNOWN, "The move destination is not registered with an address.")
    progress = Progress(exchange, retrieval)
    if not retrieval.files:
        return progress.last_answer(cancelled=False)
    record_begin(association, retrieval, remote.ae_title)
    try:
        for offers in batches(retrieval.files):
            if not _send(exchange, remote, offers, progress):
                return progress.last_answer(cancelled=True)
    finally:
        record_end(association, retrieval, progress.sent, remote.ae_title)
    return progress.last_answer(cancelled=False)


def _send(exchange: Exchange, remote: Remote, offers: Offers, progress: Progress) -> bool:
    """One association with the destination; False when the peer cancelled."""
    association = exchange.association
    done = 0
    try:
        with Client(remote, offers.contexts, settings=association.engines.settings) as client:
            sender = Sender(
                client.channel,
                client.agreed.contexts.values(),
                blobs=association.engines.blobs,
                decoder=association.engines.decoder,
                originator=(association.calling_ae_title, exchange.command.message_id),
            )
            with closing(sender.send(offers.files)) as results:
                for stored in results:
                    done += 1
                    progress.count(stored)
                    if exchange.cancelled():
                        return False
    except HoichanError as error:
        progress.fail_all(offers.files[done:], str(error))
    return True


def _destination(exchange: Exchange) -> Remote:
    """Raises NotFound when nobody is registered under the title, Invalid when nobody said where to call it."""
    association = exchange.association
    with association.engines.db.reading() as tx:
        device = device_titled(
            tx, hospital_id=association.hospital_id, ae_title=exchange.command.move_destination
        )
    return remote_of(device)
