"""What is true of mutual TLS: a server that demands a certificate, met with the right one and with others."""

from __future__ import annotations

import datetime
import socket
import ssl
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import convert

from connectors.clock import WallClock
from connectors.dispatch import Dispatch
from connectors.notices import NoticeCode, Status
from connectors.records import LearnerKey
from connectors.rest import MANIFEST
from connectors.roster import Declared, Roster
from connectors.source import Declaration, declared
from tests.connectors.alliance import consenting, everywhere, question

ANA = LearnerKey(scheme="student", code="s1")
NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """An authority of the test's own."""

    def __init__(self, folder, title):
        self.folder, self.name = folder, name(title)
        self.key = ec.generate_private_key(ec.SECP256R1())
        made = self._begun(self.name, self.key, NOW + DAY)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        made = made.add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False), True
        )
        self.path = self._written(title, made.sign(self.key, hashes.SHA256()))

    def issue(self, title, use, ends=None):
        """Issue a certificate; give the paths of it and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._begun(name(title), key, ends or NOW + DAY)
        made = made.add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        made = made.add_extension(x509.ExtendedKeyUsage([use]), False)
        secret = self.folder / f"{title}.key"
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return self._written(title, made.sign(self.key, hashes.SHA256())), str(secret)

    def _begun(self, subject, key, ends):
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name)
        made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
        made = made.not_valid_before(NOW - 30 * DAY).not_valid_after(ends)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        return made.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False
        )

    def _written(self, title, certificate):
        path = self.folder / f"{title}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return str(path)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ours"), "alliance")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("theirs"), "somebody")


@contextmanager
def college(authority, version):
    """A college's server that takes whoever our authority vouches for, and tells whom it took."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(*authority.issue("college", ExtendedKeyUsageOID.SERVER_AUTH))
    taken = []

    class Door(BaseHTTPRequestHandler):
        def setup(self):
            try:
                self.request.do_handshake()
            except ssl.SSLError:
                self._linger()
                raise
            super().setup()

        def _linger(self):
            """Close only after the other side has: a reset would overtake the alert."""
            with socket.socket(fileno=self.request.detach()) as plain:
                plain.settimeout(5)
                while plain.recv(65_536):
                    pass

        def do_GET(self):
            told = self.request.getpeercert()
            taken.append(dict(part[0] for part in told["subject"])["commonName"])
            body = b'[{"id": "r1", "learner": "s1"}]'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = Quiet(("127.0.0.1", 0), Door)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}", taken
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Quiet(ThreadingHTTPServer):
    """Says nothing of a handshake that failed. Unlike asyncio's, its handshake tells the other side why."""

    def handle_error(self, request, client_address):
        pass


async def asked(url, **tls):
    said = {
        "source": "a",
        "member": "m",
        "connector": "rest",
        "traffic": {"private": ["127.0.0.0/8"], "tries": 1},
        "tls": tls,
        "settings": {
            "url": url,
            "results": {
                "path": "/results",
                "key_scheme": "student",
                "map": {"id": "id", "learner": "learner"},
            },
        },
    }
    made = declared(convert(said, Declaration), MANIFEST)
    async with Roster(Declared(made), WallClock()) as roster:
        if roster.quarantined:
            return roster.quarantined[0]
        dispatch = Dispatch(roster, everywhere("a", learners=[ANA]), consenting("a", learners=[ANA]))
        (held,) = await dispatch.results(question(ANA))
        return held.replies[0]


VERSIONS = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])


@VERSIONS
async def test_the_hubs_own_certificate_is_shown_and_taken(ours, version):
    certificate, key = ours.issue("hub", ExtendedKeyUsageOID.CLIENT_AUTH)
    with college(ours, version) as (url, taken):
        reply = await asked(url, authority=ours.path, certificate=certificate, key=key)
    assert (reply.status, len(reply.records), taken) == (Status.ANSWERED, 1, ["hub"])


@VERSIONS
@pytest.mark.parametrize("which", ["none", "of another authority", "ended", "for servers only"])
async def test_any_other_certificate_is_refused_and_told_as_such(ours, theirs, version, which):
    shown = {
        "none": lambda: ("", ""),
        "of another authority": lambda: theirs.issue("hub", ExtendedKeyUsageOID.CLIENT_AUTH),
        "ended": lambda: ours.issue("hub", ExtendedKeyUsageOID.CLIENT_AUTH, NOW - DAY),
        "for servers only": lambda: ours.issue("hub", ExtendedKeyUsageOID.SERVER_AUTH),
    }
    certificate, key = shown[which]()
    with college(ours, version) as (url, taken):
        reply = await asked(url, authority=ours.path, certificate=certificate, key=key)
    assert (reply.status, reply.notice.code, taken) == (Status.REFUSED, NoticeCode.TLS_FAILED, [])


@VERSIONS
async def test_our_certificate_is_shown_to_no_server_of_another_authority(ours, theirs, version):
    certificate, key = ours.issue("hub", ExtendedKeyUsageOID.CLIENT_AUTH)
    with college(theirs, version) as (url, taken):
        reply = await asked(url, authority=ours.path, certificate=certificate, key=key)
    assert (reply.status, reply.notice.code, taken) == (Status.REFUSED, NoticeCode.TLS_FAILED, [])


async def test_a_certificate_and_a_key_that_do_not_belong_together_set_the_source_aside(ours):
    certificate, _ = ours.issue("hub", ExtendedKeyUsageOID.CLIENT_AUTH)
    _, other = ours.issue("other", ExtendedKeyUsageOID.CLIENT_AUTH)
    aside = await asked("https://127.0.0.1:1", authority=ours.path, certificate=certificate, key=other)
    assert aside.code == "a"
    assert "SSLError" in aside.reason
