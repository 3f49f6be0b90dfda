"""A-ASSOCIATE (PS3.8 9.3.2 and 9.3.3), read and written with pynetdicom's PDU classes."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import A_ASSOCIATE, MaximumLengthNotification
from pynetdicom.pdu_primitives import ImplementationClassUIDNotification as _ClassUid
from pynetdicom.pdu_primitives import ImplementationVersionNameNotification as _VersionName
from pynetdicom.presentation import PresentationContext

from app.archive.file_header import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from app.dimse.contexts import Context, ProposedContext
from app.dimse.upper_layer import MAX_PDU, AbortReason, PduType, ProtocolFault

APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
_LEAST_MAXIMUM = 128  # a peer whose PDUs hold less cannot even receive our responses


@dataclass(frozen=True)
class AssociationRequest:
    """What the requestor says of itself and proposes."""

    called_ae_title: str
    calling_ae_title: str
    application_context: str
    max_length: int
    contexts: tuple[ProposedContext, ...]
    primitive: A_ASSOCIATE


def read_request(field: memoryview) -> AssociationRequest:
    """Raises ProtocolFault when it cannot be read."""
    pdu = A_ASSOCIATE_RQ()
    try:
        pdu.decode(struct.pack(">BxL", PduType.A_ASSOCIATE_RQ, len(field)) + bytes(field))
        primitive = pdu.to_primitive()
        return _request_of(primitive)
    except Exception as error:  # pynetdicom raises whatever its parsing meets
        why = f"unreadable A-ASSOCIATE-RQ ({type(error).__name__})"  # its text would repeat what a stranger sent
        raise ProtocolFault(AbortReason.INVALID_PARAMETER, why) from error


def _request_of(primitive: A_ASSOCIATE) -> AssociationRequest:
    maximum = primitive.maximum_length_received or 0
    if 0 < maximum < _LEAST_MAXIMUM:
        raise ValueError(f"a maximum length of {maximum}")
    return AssociationRequest(
        called_ae_title=primitive.called_ae_title.strip(),
        calling_ae_title=primitive.calling_ae_title.strip(),
        application_context=str(primitive.application_context_name),
        max_length=maximum,
        contexts=tuple(
            ProposedContext(
                context.context_id or 0,
                str(context.abstract_syntax),
                tuple(str(uid) for uid in context.transfer_syntax),
            )
            for context in primitive.presentation_context_definition_list
        ),
        primitive=primitive,
    )


def write_accept(request: AssociationRequest, contexts: Sequence[Context]) -> bytes:
    """A-ASSOCIATE-AC. No role selection, no asynchronous window: PS3.7 D.3.3 then gives the defaults."""
    accept = A_ASSOCIATE()
    accept.application_context_name = APPLICATION_CONTEXT
    accept.calling_ae_title = request.primitive.calling_ae_title
    accept.called_ae_title = request.primitive.called_ae_title
    accept.result = 0x00
    accept.result_source = 0x01
    accept.presentation_context_definition_results_list = [_result(context) for context in contexts]
    accept.user_information.extend(_about_us())
    pdu = A_ASSOCIATE_AC()
    pdu.from_primitive(accept)
    return bytes(pdu.encode())


def _result(context: Context) -> PresentationContext:
    item = PresentationContext()
    item.context_id = context.context_id
    item.abstract_syntax = context.abstract_syntax
    item.transfer_syntax = [context.transfer_syntax]
    item.result = context.result
    return item


def _about_us() -> tuple[MaximumLengthNotification, _ClassUid, _VersionName]:
    maximum = MaximumLengthNotification()
    maximum.maximum_length_received = MAX_PDU
    class_uid = _ClassUid()
    class_uid.implementation_class_uid = IMPLEMENTATION_CLASS_UID
    version = _VersionName()
    version.implementation_version_name = IMPLEMENTATION_VERSION_NAME
    return maximum, class_uid, version
