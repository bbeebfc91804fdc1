"""The signature of an ELMO document: what was signed, by whom we trust, and how well."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from msgspec import Struct
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from connectors.decoding.elements import Element
from connectors.errors import Misdeclared
from connectors.records import Proof

DS = "{http://www.w3.org/2000/09/xmldsig#}"

_METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.SHA256_RSA_MGF1,
        SignatureMethod.SHA384_RSA_MGF1,
        SignatureMethod.SHA512_RSA_MGF1,
        SignatureMethod.ECDSA_SHA256,
        SignatureMethod.ECDSA_SHA384,
        SignatureMethod.ECDSA_SHA512,
    }
)
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_STRONG = frozenset(str(each.value) for each in _METHODS) | frozenset(str(each.value) for each in _DIGESTS)
_CONFIG = SignatureConfiguration(
    require_x509=True,
    location="./",
    expect_references=1,
    signature_methods=_METHODS,
    digest_algorithms=_DIGESTS,
)


class Signed(Struct, frozen=True):
    """A document to read from, and what its signature came to; where valid, it is exactly what was signed."""

    proof: Proof
    root: Element


class Trusted:
    """The certificates an operator trusts; ``Misdeclared`` where a file holds none."""

    def __init__(self, files: Sequence[str]) -> None:
        self._certificates = [each for file in files for each in _certificates(file)]

    def __repr__(self) -> str:
        return f"<Trusted, {len(self._certificates)} certificates>"

    def look(self, root: Element) -> Signed:
        """Judge the signature right below ``root``.

        UNSIGNED without one, WEAK_ALGORITHM where SHA-1 or the like is used, UNRESOLVABLE where nobody
        trusted is named, INVALID where the one named did not sign this. Two signatures make none valid.
        """
        root = _alone(root)
        signatures = root.findall(f"{DS}Signature")
        if not signatures:
            return Signed(Proof.UNSIGNED, root)
        if len(signatures) > 1:
            return Signed(Proof.INVALID, root)
        if not _strong(signatures[0]):
            return Signed(Proof.WEAK_ALGORITHM, root)
        candidates = self._candidates(signatures[0])
        if not candidates:
            return Signed(Proof.UNRESOLVABLE, root)
        for certificate in candidates:
            verified = _verified(root, certificate)
            if verified is not None:
                return Signed(Proof.VALID, verified)
        return Signed(Proof.INVALID, root)

    def _candidates(self, signature: Element) -> list[x509.Certificate]:
        """Choose among the trusted: one sent along is a hint which, never trusted for itself."""
        sent = {"".join((each.text or "").split()) for each in signature.iter(f"{DS}X509Certificate")}
        if not sent:
            return self._certificates
        return [each for each in self._certificates if _text(each) in sent]


def _certificates(file: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(Path(file).read_bytes())
    except (OSError, ValueError):
        raise Misdeclared("certificates: a file is no certificate in PEM") from None


def _text(certificate: x509.Certificate) -> str:
    lines = certificate.public_bytes(Encoding.PEM).decode().splitlines()
    return "".join(lines[1:-1])


def _alone(root: Element) -> Element:
    """Take a document out of what it came in, so that a reference to the whole means only this."""
    return root if root.getparent() is None else copy.deepcopy(root)


def _strong(signature: Element) -> bool:
    used = [
        each.get("Algorithm", "")
        for name in ("SignatureMethod", "DigestMethod")
        for each in signature.iter(f"{DS}{name}")
    ]
    return len(used) == 2 and all(each in _STRONG for each in used)


def _verified(root: Element, certificate: x509.Certificate) -> Element | None:
    """Return what the certificate's key signed if that is the document itself and whole.

    One given in the settings is trusted until it is taken out: transcripts outlive the certificates they were
    signed with, and that one has ended says nothing about their being changed.
    """
    config = replace(_CONFIG, verification_time=certificate.not_valid_after_utc)
    try:
        told = XMLVerifier().verify(root, x509_cert=certificate, expect_config=config)
    except (SignXMLException, ValueError, TypeError, etree.LxmlError):  # an empty value is a TypeError
        return None
    result = told[0] if isinstance(told, list) else told
    signed = result.signed_xml
    return signed if signed is not None and signed.tag == root.tag else None
