"""What is declared of a folder of exports."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from connectors.contract import Secret, Settings
from connectors.decoding.text import Reading
from connectors.expressions import Expression
from connectors.mapping import Declared, ResultMap
from connectors.rest.settings import Auth, NoAuth


class Sftp(Declared, frozen=True):
    """A server of SFTP: its host's public key as ``ssh-ed25519 AAAA...``, and our password or private key."""

    host: str
    user: str
    host_key: str
    port: Annotated[int, Meta(ge=1, le=65_535)] = 22
    password: Secret | None = None
    key: Secret | None = None
    connect_seconds: Annotated[float, Meta(gt=0, le=60)] = 2.0


class Staging(Declared, frozen=True):
    """An encrypted copy in ``folder``, for exports too large to be read where they lie.

    ``key`` is the secret it is encrypted with, 32 signs or more. A copy is deleted after ``days``.
    """

    folder: str
    key: Secret
    days: Annotated[float, Meta(gt=0, le=3650)]

    def __post_init__(self) -> None:
        if len(self.key.reveal()) < 32:
            raise ValueError("the key of a staged index has at least 32 signs")


class FilesSettings(Settings, frozen=True):
    """Exports a member puts into a ``folder``, of this machine or of ``sftp``, or at one ``url``.

    CSV, a sheet of Excel, or a zip whose one ``member`` is either. ``columns`` are the agreed ones, in
    order. An export counts once its ``marker`` is there (the export's name and this ending), or, where no
    marker is agreed, once it has not changed for ``settled`` seconds. Its date is the eight digits in its
    name, else the time it was last changed. ``deltas`` is the pattern of exports that hold changes only: a
    row replaces the one of its id, and is gone where ``removed`` finds something true. What is remote is
    looked at ``again`` after that many seconds. The largest export has ``most_bytes``. Without ``staging`` a
    file is read where it lies, and what is remote or packed is held in memory.
    """

    columns: Annotated[tuple[str, ...], Meta(min_length=1)]
    map: ResultMap
    key_scheme: str
    folder: str = ""
    url: str = ""
    sftp: Sftp | None = None
    auth: Auth = NoAuth()
    pattern: str = "*.csv"
    deltas: str = ""
    removed: Expression = ""
    member: str = "*"
    sheet: str = ""
    marker: str = ""
    settled: Annotated[float, Meta(ge=0)] = 60.0
    again: Annotated[float, Meta(ge=0)] = 900.0
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    reading: Reading = Reading()
    most_bytes: int = 2 * 1024**3
    staging: Staging | None = None

    def __post_init__(self) -> None:
        if bool(self.url) == bool(self.folder):
            raise ValueError("declare either folder or url")
        if self.sftp and self.url:
            raise ValueError("sftp has a folder, not a url")
        if self.url and self.deltas:
            raise ValueError("deltas come in a folder")
