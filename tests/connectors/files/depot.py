"""An SFTP server over one folder, as a real server: run it, and it prints its port and its host key."""

from __future__ import annotations

import asyncio
import sys

import asyncssh

USER, PASSWORD = "hub", "hush-hush"


class Door(asyncssh.SSHServer):
    def __init__(self, key: str) -> None:
        self._key = asyncssh.import_public_key(key)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key.convert_to_public() == self._key


async def main(folder: str, key: str) -> None:
    host = asyncssh.generate_private_key("ssh-ed25519")

    def served(channel):
        return asyncssh.SFTPServer(channel, chroot=folder.encode())

    listening = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[host], server_factory=lambda: Door(key), sftp_factory=served
    )
    public = host.export_public_key().decode().strip()
    print(listening.sockets[0].getsockname()[1], *public.split()[:2], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
