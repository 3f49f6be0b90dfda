"""Whatever a known peer sends as an identifier, it is told what is wrong, and the association goes on."""

import random
import struct

import pytest

from app.base.db import Database
from app.base.settings import DicomSettings
from app.dimse.commitment import WELL_KNOWN_INSTANCE
from app.dimse.contexts import (
    EXPLICIT_LITTLE,
    PATIENT_ROOT_FIND,
    STORAGE_COMMITMENT,
    STUDY_ROOT_FIND,
    STUDY_ROOT_GET,
    STUDY_ROOT_MOVE,
    VERIFICATION,
)
from app.dimse.messages import CommandField, write_request
from app.dimse.scu import Client
from tests.doors.dimse.conftest import CALLING, Dicom, remote_at

QUESTIONS = {
    PATIENT_ROOT_FIND: CommandField.C_FIND_RQ,
    STUDY_ROOT_FIND: CommandField.C_FIND_RQ,
    STUDY_ROOT_GET: CommandField.C_GET_RQ,
    STUDY_ROOT_MOVE: CommandField.C_MOVE_RQ,
    STORAGE_COMMITMENT: CommandField.N_ACTION_RQ,
}
ACTION_1 = struct.pack("<HHLH", 0, 0x1008, 2, 1)
LEVEL = b"\x08\x00\x52\x00CS\x06\x00STUDY "
NESTED = struct.pack("<HH2sxxL", 0x0008, 0x1199, b"SQ", 0xFFFFFFFF) + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def hostile() -> list[bytes]:
    chance = random.Random(11)
    odd = [b"\xff", LEVEL[:-3], NESTED * 500, LEVEL + NESTED * 70, LEVEL + b"\x20\x00\x0d\x00UI\xff\xff1.2"]
    odd.append(LEVEL + b"\x10\x00\x10\x00PN\x06\x00\x00\x1b$B\xff*" + b"\x20\x00\x0d\x00UI\x00\x00")
    odd.append(LEVEL + b"\x20\x00\x0d\x00UI\x08\x00' OR 1=1")
    return odd + [LEVEL + chance.randbytes(chance.randrange(200)) for _turn in range(40)]


def test_every_odd_identifier_is_answered_and_the_association_goes_on(dicom: Dicom) -> None:
    offers = [(uid, [EXPLICIT_LITTLE]) for uid in (*QUESTIONS, VERIFICATION)]
    remote = remote_at(dicom.port, calling_ae_title=CALLING)
    with Client(remote, offers, settings=DicomSettings()) as client:
        for sop_class, field in QUESTIONS.items():
            context = client.context(sop_class)
            for data in hostile():
                number = client.next_message_id()
                command = write_request(
                    field,
                    number,
                    sop_class_uid=sop_class,
                    sop_instance_uid=WELL_KNOWN_INSTANCE,
                    destination="NOBODY",
                )
                client.channel.send(context.context_id, command + ACTION_1, data)
                answer = next(client.answers(field, number)).command
                assert answer.status != 0x0110, data
                assert answer.status not in {0xFF00, 0xFF01}
        number = client.next_message_id()
        echo = write_request(CommandField.C_ECHO_RQ, number, sop_class_uid=VERIFICATION, data_set=False)
        client.channel.send(client.context(VERIFICATION).context_id, echo)
        assert next(client.answers(CommandField.C_ECHO_RQ, number)).command.status == 0
