"""Certificates made by the openssl program for one test: an authority and what it signed."""

import hashlib
import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

OPENSSL = shutil.which("openssl")


@dataclass(frozen=True)
class Certificate:
    """Two PEM files."""

    certificate: Path
    key: Path

    @property
    def sha256(self) -> str:
        der = ssl.PEM_cert_to_DER_cert(self.certificate.read_text())
        return hashlib.sha256(der).hexdigest()


def authority(folder: Path, name: str = "authority") -> Certificate:
    """Signed by itself."""
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    _openssl("req", "-x509", *_new_key(made), "-subj", f"/CN={name}", "-days", "2", "-out", made.certificate)
    return made


def issued(folder: Path, name: str, by: Certificate) -> Certificate:
    """A machine's."""
    made, request = Certificate(folder / f"{name}.pem", folder / f"{name}.key"), folder / f"{name}.csr"
    _openssl("req", *_new_key(made), "-subj", f"/CN={name}", "-out", request)
    signed = ("-CA", by.certificate, "-CAkey", by.key, "-CAcreateserial", "-days", "2")
    _openssl("x509", "-req", "-in", request, *signed, "-out", made.certificate)
    return made


def _new_key(made: Certificate) -> tuple[object, ...]:
    return ("-newkey", "rsa:2048", "-nodes", "-keyout", made.key)


def _openssl(*arguments: object) -> None:
    subprocess.run([str(OPENSSL), *map(str, arguments)], check=True, capture_output=True)
