"""CONFORMANCE.md says what the DICOM network is really offered; DICOMweb's part is compared beside its door."""

import re
from pathlib import Path

import pytest

from app.archive import committing
from app.archive.failures import BY_CODE, BY_KIND
from app.archive.file_header import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from app.dimse import network, status
from app.dimse.contexts import (
    ABSTRACT_SYNTAX_NOT_SUPPORTED,
    ACCEPTED,
    INSTANCE_AVAILABILITY,
    RETRIEVED,
    SERVICES,
    STORAGE_SOP_CLASSES,
    TRANSFER_SYNTAXES,
    TRANSFER_SYNTAXES_NOT_SUPPORTED,
    VERIFICATION,
    ProposedContext,
    accepted_extensions,
    negotiate,
)
from app.dimse.services import OFFERS
from app.dimse.upper_layer import MAX_PDU

STATEMENT = (Path(__file__).parents[2] / "CONFORMANCE.md").read_text(encoding="utf-8")
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"


def uids_of(heading: str) -> set[str]:
    section = STATEMENT.split(heading, 1)[1].split("\n#", 1)[0]
    return set(re.findall(r"^\| [^|]+ \| ([0-9.]+) \|$", section, re.MULTILINE))


def offered(abstract_syntax: str, *transfer_syntaxes: str, accept_private: bool = False) -> tuple[int, str]:
    proposed = ProposedContext(1, abstract_syntax, transfer_syntaxes)
    (answer,) = negotiate([proposed], accept_private=accept_private)
    return answer.result, answer.transfer_syntax


def test_every_sop_class_of_the_statement_and_no_other_is_offered() -> None:
    assert uids_of("### 2.4") == STORAGE_SOP_CLASSES
    assert all(offered(uid, EXPLICIT_LITTLE)[0] == ACCEPTED for uid in uids_of("### 2.4"))


def test_every_transfer_syntax_of_the_statement_and_no_other_is_offered() -> None:
    assert uids_of("### 2.5") == TRANSFER_SYNTAXES
    ct = "1.2.840.10008.5.1.4.1.1.2"
    assert all(offered(ct, uid) == (ACCEPTED, uid) for uid in uids_of("### 2.5"))


@pytest.mark.parametrize("value", [IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, str(MAX_PDU)])
def test_the_statement_names_our_identity_and_limits(value: str) -> None:
    assert f" {value} " in STATEMENT


@pytest.mark.parametrize("status", sorted({*BY_KIND.values(), *BY_CODE.values(), 0x0000, 0x0110, 0x0211}))
def test_every_status_is_explained(status: int) -> None:
    assert f"\n| {status:04X} | " in STATEMENT


def test_verification_is_offered() -> None:
    assert offered(VERIFICATION, "1.2.840.10008.1.2")[0] == ACCEPTED


@pytest.mark.parametrize(
    "uid",
    [
        "1.2.840.10008.5.1.4.1.2.3.1",  # Patient/Study Only FIND, retired
        "1.2.840.10008.5.1.4.31",  # Modality Worklist
        "1.2.840.10008.5.1.4.38.1",  # Hanging Protocol Storage: belongs to no study
        "1.2.840.113619.4.30",  # private
    ],
)
def test_what_is_not_offered_is_refused_as_unknown(uid: str) -> None:
    assert offered(uid, EXPLICIT_LITTLE)[0] == ABSTRACT_SYNTAX_NOT_SUPPORTED


def test_private_classes_are_kept_where_the_operator_says_so() -> None:
    assert offered("1.2.840.113619.4.30", EXPLICIT_LITTLE, accept_private=True)[0] == ACCEPTED


def test_only_syntaxes_that_cannot_be_kept_are_refused_as_such() -> None:
    ct, jpip = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.4.94"
    assert offered(ct, jpip)[0] == TRANSFER_SYNTAXES_NOT_SUPPORTED
    assert offered(ct, jpip, EXPLICIT_LITTLE) == (ACCEPTED, EXPLICIT_LITTLE)


def test_the_requestors_first_choice_is_taken() -> None:
    ct, j2k = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.4.90"
    assert offered(ct, j2k, EXPLICIT_LITTLE) == (ACCEPTED, j2k)
    assert offered(ct, EXPLICIT_LITTLE, j2k) == (ACCEPTED, EXPLICIT_LITTLE)


def services_of(role: str) -> set[str]:
    section = STATEMENT.split("### 2.6", 1)[1].split("\n#", 1)[0]
    rows = re.findall(r"^\| [^|]+ \| ([0-9.]+) \| ([A-Z, ]+) \|$", section, re.MULTILINE)
    return {uid for uid, roles in rows if role in roles.split(", ")}


def test_every_service_of_the_statement_and_no_other_is_offered() -> None:
    assert services_of("SCP") == SERVICES
    assert all(offered(uid, EXPLICIT_LITTLE)[0] == ACCEPTED for uid in SERVICES)
    answered = {uid for offer in OFFERS.values() for uid in offer.sop_classes}
    assert answered | {VERIFICATION} == SERVICES


def test_every_service_that_we_ask_for_is_in_the_statement() -> None:
    asked = {value for name, value in vars(network).items() if name.isupper() and isinstance(value, str)}
    asked = {uid for uid in asked if uid in SERVICES | {INSTANCE_AVAILABILITY}}
    commitment_is_reported_as_scp = services_of("SCP") & asked - services_of("SCU")
    assert asked - commitment_is_reported_as_scp == services_of("SCU")
    assert f"the {len(RETRIEVED)} storage classes" in STATEMENT


@pytest.mark.parametrize(
    "value",
    sorted(value for name, value in vars(status).items() if name.isupper() and isinstance(value, int)),
)
def test_every_status_of_a_service_is_explained(value: int) -> None:
    assert f"\n| {value:04X} | " in STATEMENT


@pytest.mark.parametrize(
    "reason", [committing.PROCESSING_FAILURE, committing.NO_SUCH_OBJECT, committing.CLASS_INSTANCE_CONFLICT]
)
def test_every_reason_not_to_commit_is_explained(reason: int) -> None:
    assert f"\n| {reason:04X} | " in STATEMENT.split("### 2.9", 1)[1].split("\n#", 1)[0]


def test_of_extended_negotiation_what_the_statement_says_is_agreed_to() -> None:
    for uid in SERVICES - {VERIFICATION, "1.2.840.10008.1.20.1"}:
        finds = uid.endswith(".1")
        agreed = accepted_extensions({uid: bytes([1, 1, 1, 1, 1] if finds else [1, 1])})
        assert agreed == {uid: bytes([1, 1, 1, 0, 0] if finds else [1, 0])}
