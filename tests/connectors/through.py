"""Plays that go through to a real server, so that the rig's scenes are staged over a real wire."""

from __future__ import annotations

from connectors.errors import SourceError
from connectors.network import Network
from connectors.policy import Policy
from connectors.transport import Limits

_LIMITS = Limits(connect=2.0, read=5.0, total=8.0, max_bytes=5 * 1024 * 1024)


def through(policy=None, tls=None):
    """Make a play that sends every request on to where it was meant for."""

    async def play(request):
        network = Network(policy or Policy(private=("127.0.0.0/8",)), tls)
        try:
            return await network.send(request, _LIMITS)
        except SourceError as error:
            return error
        finally:
            await network.close()

    return play
