"""TLS of associations by BCP 195 (RFC 9325; PS3.15 B.12 and B.13): 1.2 or later, forward secrecy, authenticated encryption only."""

import ssl

from app.base.settings import DicomSettings

_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"  # of TLS 1.2; those of 1.3 are all of this kind
_CLIENT = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}


def server_context(settings: DicomSettings) -> ssl.SSLContext:
    """For those who call `dicom.tls_port`. Raises OSError or ssl.SSLError when certificate, key or CA cannot be used."""
    context = _strict(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    if settings.tls_certificate is None or settings.tls_key is None:
        raise ValueError("dicom.tls_certificate and dicom.tls_key are not set")
    context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    if settings.tls_ca is not None:
        context.load_verify_locations(settings.tls_ca)
    context.verify_mode = _CLIENT[settings.tls_client]
    return context


def client_context(settings: DicomSettings) -> ssl.SSLContext:
    """For calls of ours. With `dicom.tls_ca` the peer's certificate must come from it, whatever name it bears, as
    machines are known by address and title; without, from an authority this system trusts, with the right name.
    Our own certificate is shown to whoever asks for one.
    """
    context = _strict(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    if settings.tls_ca is not None:
        context.check_hostname = False
        context.load_verify_locations(settings.tls_ca)
    else:
        context.load_default_certs()
    if settings.tls_certificate is not None and settings.tls_key is not None:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    return context


def _strict(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    return context
