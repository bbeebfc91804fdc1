"""The ``files`` kind: folders of exported tables, by settings alone."""

from connectors.files.connector import MANIFEST, Files
from connectors.files.settings import FilesSettings

__all__ = ["MANIFEST", "Files", "FilesSettings"]
