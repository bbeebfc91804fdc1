"""ELMO documents to put on a shelf: synthetic learners, and signatures made here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner

V1 = "https://github.com/emrex-eu/elmo-schemas/tree/v1"


def course(
    code="C1", *, title="数据结构", grade="85", date="2023-06-30", credit="6", status="passed", parts=""
):
    return f"""<learningOpportunitySpecification><identifier type="local">{code}</identifier>
      <title xml:lang="en">Course {code}</title><title xml:lang="zh-CN">{title}</title>
      <specifies><learningOpportunityInstance><date>{date}</date><status>{status}</status>
        <gradingSchemeLocalId>hundred</gradingSchemeLocalId><resultLabel>{grade}</resultLabel>
        <credit><scheme>ECTS</scheme><value>{credit}</value></credit>
      </learningOpportunityInstance></specifies>{parts}</learningOpportunitySpecification>"""


def elmo(learner, *courses, namespace=V1, generated="2026-03-01T08:00:00+08:00"):
    return f"""<elmo xmlns="{namespace}"><generatedDate>{generated}</generatedDate>
      <learner><identifier type="nationalIdentifier">{learner}</identifier>
        <givenNames>Synthetic</givenNames><familyName>Learner</familyName></learner>
      <report><issuer><identifier type="schac">north.example</identifier></issuer>
        {"".join(courses)}<issueDate>{generated}</issueDate></report></elmo>"""


def tor(learner, *courses):
    return f"<tor><omobility-id>{learner}</omobility-id>{elmo(learner, *courses)}</tor>"


class Signer:
    """A key of its own with a certificate of its own."""

    def __init__(self, name="north.example", ends=None):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(called)
            .issuer_name(called)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(ends or datetime.now(UTC) + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def sign(self, text, reference=None):
        """Sign a whole document, enveloped, or the part of it that a reference names."""
        signed = XMLSigner().sign(
            etree.fromstring(text), key=self.key, cert=[self.certificate], reference_uri=reference
        )
        return etree.tostring(signed, encoding="unicode")
