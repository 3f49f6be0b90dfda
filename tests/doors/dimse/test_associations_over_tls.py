"""TLS by BCP 195 on the second port, with DCMTK as a client nobody here wrote; a certificate tells who calls."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.base.db import Database
from app.base.settings import DicomSettings
from app.dimse.tls import client_context
from app.identity.models import Device
from tests import certificates, dicomgen
from tests.certificates import Certificate
from tests.doors.dimse.conftest import CALLED, CALLING, Dicom, free_port

pytestmark = pytest.mark.skipif(
    certificates.OPENSSL is None or shutil.which("storescu") is None,
    reason="openssl or DCMTK is not installed",
)
Start = Callable[..., Dicom]


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Certificate]:
    folder = tmp_path_factory.mktemp("certificates")
    own = certificates.authority(folder)
    return {
        "authority": own,
        "server": certificates.issued(folder, "server", own),
        "machine": certificates.issued(folder, "machine", own),
        "other": certificates.issued(folder, "other", own),
        "stranger": certificates.authority(folder, "stranger"),
    }


@pytest.fixture
def start_tls(start_dicom: Start, papers: dict[str, Certificate]) -> Start:
    """As `start_dicom`, with a second port."""

    def start(**dicom: object) -> Dicom:
        server = papers["server"]
        values = {"tls_port": free_port(), "tls_certificate": server.certificate, "tls_key": server.key}
        return start_dicom(**values, tls_ca=papers["authority"].certificate, **dicom)

    return start


def dcmtk(program: str, dicom: Dicom, papers: dict[str, Certificate], who: str, *more: object) -> int:
    own = papers[who]
    tls = ["+tls", own.key, own.certificate, "+cf", papers["authority"].certificate]
    where = ["-aet", CALLING, "-aec", CALLED, "127.0.0.1", dicom.server.tls_port]
    command = [program, "-to", "5", *tls, *where, *more]
    return subprocess.run(
        [str(one) for one in command], check=False, capture_output=True, timeout=30
    ).returncode


def test_dcmtk_stores_over_tls(
    start_tls: Start, papers: dict[str, Certificate], tmp_path: Path, db: Database
) -> None:
    dicom = start_tls(tls_client="required")
    (tmp_path / "image.dcm").write_bytes(dicomgen.ct_slice())
    assert dcmtk("storescu", dicom, papers, "machine", tmp_path / "image.dcm") == 0
    assert len(dicom.stored_files()) == 1


def test_a_device_with_a_certificate_is_known_by_it(
    start_tls: Start, papers: dict[str, Certificate], db: Database
) -> None:
    with db.transaction() as tx:
        tx.session.query(Device).one().certificate_sha256 = papers["machine"].sha256
    dicom = start_tls()
    assert dcmtk("echoscu", dicom, papers, "machine") == 0
    assert dcmtk("echoscu", dicom, papers, "other") != 0


def test_a_certificate_of_nobody_we_know_is_refused(start_tls: Start, papers: dict[str, Certificate]) -> None:
    dicom = start_tls(tls_client="required")
    assert dcmtk("echoscu", dicom, papers, "stranger") != 0
    assert dcmtk("echoscu", dicom, papers, "machine") == 0


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")  # old versions are what it is about
@pytest.mark.parametrize("weak", ["version", "cipher"])
def test_what_is_weak_is_not_spoken(start_tls: Start, papers: dict[str, Certificate], weak: str) -> None:
    dicom = start_tls()
    context = client_context(DicomSettings(tls_ca=papers["authority"].certificate))
    if weak == "version":
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
    else:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AES128-SHA")
    there = ("127.0.0.1", dicom.server.tls_port)
    with socket.create_connection(there, timeout=5) as connection, pytest.raises((ssl.SSLError, OSError)):
        context.wrap_socket(connection)


def test_our_own_context_speaks_to_it(start_tls: Start, papers: dict[str, Certificate]) -> None:
    dicom = start_tls()
    context = client_context(DicomSettings(tls_ca=papers["authority"].certificate))
    there = ("127.0.0.1", dicom.server.tls_port)
    with socket.create_connection(there, timeout=5) as connection, context.wrap_socket(connection) as spoken:
        assert spoken.version() == "TLSv1.3"


def test_silent_handshakes_do_not_hold_up_others(start_tls: Start, papers: dict[str, Certificate]) -> None:
    dicom = start_tls()
    silent = [socket.create_connection(("127.0.0.1", dicom.server.tls_port)) for _ in range(40)]
    assert dcmtk("echoscu", dicom, papers, "machine") == 0
    for one in silent:
        one.close()
