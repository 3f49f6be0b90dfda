"""A-ASSOCIATE (PS3.8 9.3.2 and 9.3.3) as acceptor, read and written with pynetdicom's PDU classes."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    MaximumLengthNotification,
    SCP_SCU_RoleSelectionNegotiation,
    SOPClassExtendedNegotiation,
)
from pynetdicom.pdu_primitives import ImplementationClassUIDNotification as _ClassUid
from pynetdicom.pdu_primitives import ImplementationVersionNameNotification as _VersionName
from pynetdicom.presentation import PresentationContext

from app.archive.file_header import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from app.dimse.contexts import Context, ProposedContext, Roles
from app.dimse.upper_layer import MAX_PDU, AbortReason, PduType, ProtocolFault

APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
LEAST_MAXIMUM = 128  # a peer whose PDUs hold less cannot even take our messages


@dataclass(frozen=True)
class AssociationRequest:
    """What the requestor says of itself and proposes."""

    called_ae_title: str
    calling_ae_title: str
    application_context: str
    max_length: int
    contexts: tuple[ProposedContext, ...]
    roles: Mapping[str, Roles]
    extensions: Mapping[str, bytes]
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
    if 0 < maximum < LEAST_MAXIMUM:
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
        roles=read_roles(primitive),
        extensions=read_extensions(primitive),
        primitive=primitive,
    )


def read_roles(primitive: A_ASSOCIATE) -> dict[str, Roles]:
    """SCP/SCU role selection by SOP class."""
    return {
        str(item.sop_class_uid): Roles(scu=bool(item.scu_role), scp=bool(item.scp_role))
        for item in primitive.user_information
        if isinstance(item, SCP_SCU_RoleSelectionNegotiation)
    }


def read_extensions(primitive: A_ASSOCIATE) -> dict[str, bytes]:
    """SOP Class Extended Negotiation by SOP class."""
    return {
        str(item.sop_class_uid): bytes(item.service_class_application_information or b"")
        for item in primitive.user_information
        if isinstance(item, SOPClassExtendedNegotiation)
    }


def role_item(sop_class_uid: str, roles: Roles) -> SCP_SCU_RoleSelectionNegotiation:
    """For either side of the negotiation."""
    item = SCP_SCU_RoleSelectionNegotiation()
    item.sop_class_uid = sop_class_uid
    item.scu_role, item.scp_role = roles.scu, roles.scp
    return item


def extension_item(sop_class_uid: str, information: bytes) -> SOPClassExtendedNegotiation:
    """For either side of the negotiation."""
    item = SOPClassExtendedNegotiation()
    item.sop_class_uid = sop_class_uid
    item.service_class_application_information = information
    return item


def write_accept(
    request: AssociationRequest,
    contexts: Sequence[Context],
    *,
    roles: Mapping[str, Roles],
    extensions: Mapping[str, bytes],
) -> bytes:
    """A-ASSOCIATE-AC. No asynchronous window: PS3.7 D.3.3.3 then gives the default of one operation at a time."""
    accept = A_ASSOCIATE()
    accept.application_context_name = APPLICATION_CONTEXT
    accept.calling_ae_title = request.primitive.calling_ae_title
    accept.called_ae_title = request.primitive.called_ae_title
    accept.result = 0x00
    accept.result_source = 0x01
    accept.presentation_context_definition_results_list = [_result(context) for context in contexts]
    accept.user_information.extend(about_us())
    accept.user_information.extend(role_item(uid, one) for uid, one in roles.items() if one.scu or one.scp)
    accept.user_information.extend(extension_item(uid, one) for uid, one in extensions.items())
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


def about_us() -> tuple[MaximumLengthNotification, _ClassUid, _VersionName]:
    """The items that both requestor and acceptor send."""
    maximum = MaximumLengthNotification()
    maximum.maximum_length_received = MAX_PDU
    class_uid = _ClassUid()
    class_uid.implementation_class_uid = IMPLEMENTATION_CLASS_UID
    version = _VersionName()
    version.implementation_version_name = IMPLEMENTATION_VERSION_NAME
    return maximum, class_uid, version
