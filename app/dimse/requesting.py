"""A-ASSOCIATE as requestor (PS3.8 9.3.2 to 9.3.4), with pynetdicom's PDU classes; refusals as sentences."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import A_ASSOCIATE
from pynetdicom.presentation import PresentationContext

from app.base.errors import HoichanError, Unavailable
from app.dimse.contexts import ACCEPTED, Context, ProposedContext, Roles
from app.dimse.negotiation import (
    APPLICATION_CONTEXT,
    LEAST_MAXIMUM,
    about_us,
    extension_item,
    read_roles,
    role_item,
)
from app.dimse.upper_layer import AbortReason, PduType, ProtocolFault
from app.routing.network import Remote

MOST_CONTEXTS = 128
_CALLING_NOT_RECOGNIZED, _CALLED_NOT_RECOGNIZED = (1, 3), (1, 7)
_SERVICE_PROVIDER_PRESENTATION = 3


@dataclass(frozen=True)
class Acceptance:
    """What the peer agreed to."""

    max_length: int
    contexts: Mapping[int, Context]  # accepted ones, by id
    roles: Mapping[str, Roles]


def proposals(offers: Sequence[tuple[str, Sequence[str]]]) -> tuple[ProposedContext, ...]:
    """Contexts for pairs of an abstract syntax with its transfer syntaxes; ids are odd (PS3.8 9.3.2.2)."""
    return tuple(
        ProposedContext(2 * number + 1, abstract_syntax, tuple(transfer_syntaxes))
        for number, (abstract_syntax, transfer_syntaxes) in enumerate(offers)
    )


def write_request(
    remote: Remote,
    contexts: Sequence[ProposedContext],
    *,
    roles: Mapping[str, Roles],
    extensions: Mapping[str, bytes],
) -> bytes:
    """A-ASSOCIATE-RQ."""
    request = A_ASSOCIATE()
    request.application_context_name = APPLICATION_CONTEXT
    request.calling_ae_title, request.called_ae_title = remote.calling_ae_title, remote.ae_title
    request.presentation_context_definition_list = [_proposed(context) for context in contexts]
    request.user_information.extend(about_us())
    request.user_information.extend(role_item(uid, one) for uid, one in roles.items())
    request.user_information.extend(extension_item(uid, one) for uid, one in extensions.items())
    pdu = A_ASSOCIATE_RQ()
    pdu.from_primitive(request)
    return bytes(pdu.encode())


def _proposed(context: ProposedContext) -> PresentationContext:
    item = PresentationContext()
    item.context_id, item.abstract_syntax = context.context_id, context.abstract_syntax
    item.transfer_syntax = list(context.transfer_syntaxes)
    return item


def read_accept(field: memoryview, contexts: Sequence[ProposedContext]) -> Acceptance:
    """Raises ProtocolFault when it cannot be read."""
    pdu = A_ASSOCIATE_AC()
    try:
        pdu.decode(struct.pack(">BxL", PduType.A_ASSOCIATE_AC, len(field)) + bytes(field))
        primitive = pdu.to_primitive()
        answers = {
            item.context_id: (item.result, str(item.transfer_syntax[0]) if item.transfer_syntax else "")
            for item in primitive.presentation_context_definition_results_list
        }
        roles = read_roles(primitive)
        max_length = primitive.maximum_length_received or 0
    except Exception as error:  # pynetdicom raises whatever its parsing meets
        why = f"unreadable A-ASSOCIATE-AC ({type(error).__name__})"
        raise ProtocolFault(AbortReason.INVALID_PARAMETER, why) from error
    if 0 < max_length < LEAST_MAXIMUM:
        raise ProtocolFault(AbortReason.INVALID_PARAMETER, f"a maximum length of {max_length}")
    agreed = {}
    for context in contexts:
        result, syntax = answers.get(context.context_id, (None, ""))
        if result == ACCEPTED and syntax in context.transfer_syntaxes:
            agreed[context.context_id] = Context(
                context.context_id, context.abstract_syntax, syntax, ACCEPTED
            )
    return Acceptance(max_length, agreed, roles)


def rejection(remote: Remote, field: memoryview) -> HoichanError:
    """An A-ASSOCIATE-RJ (PS3.8 table 9-21) in words that say what to do."""
    _reserved, _result, source, reason = (*field[:4], 0, 0, 0, 0)[:4]
    if (source, reason) == _CALLING_NOT_RECOGNIZED:
        return Unavailable(
            "calling_refused",
            "{name} refuses the AE title {ae_title}: register it there, with this machine's address.",
            name=remote.name,
            ae_title=remote.calling_ae_title,
        )
    if (source, reason) == _CALLED_NOT_RECOGNIZED:
        return Unavailable(
            "called_unknown",
            "{name} does not know the AE title {ae_title}: check the device's AE title.",
            name=remote.name,
            ae_title=remote.ae_title,
        )
    if source == _SERVICE_PROVIDER_PRESENTATION:
        return Unavailable(
            "peer_busy",
            "{name} is busy and takes no more connections now. Try again later.",
            name=remote.name,
        )
    return Unavailable(
        "peer_refuses", "{name} refuses the connection without saying why. Look at its log.", name=remote.name
    )
