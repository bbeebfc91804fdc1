"""`alliance-hub sync` as a person runs it: real sources, killed at any moment, reviewed, published, declined."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from connectors.catalogues.mirror import State
from connectors.catalogues.staging import Staging
from tests.connectors.catalogues.college import College, college, course
from tests.graph.exchange.small import scheme_of  # noqa: F401
