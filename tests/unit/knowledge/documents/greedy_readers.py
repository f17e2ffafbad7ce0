"""Readers that misbehave, for the sandbox: they must be found by name in another process."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from bot.knowledge.documents.blocks import Contents


def takes_memory(path: Path) -> Contents:
    """Ask for more memory than there may be."""
    return Contents(str(len(bytearray(8 * 1024**3))), ())


def takes_time(path: Path) -> Contents:
    """Compute for ever."""
    while True:
        pass


def waits(path: Path) -> Contents:
    """Wait for what never comes."""
    threading.Event().wait()
    return Contents("", ())


def dies(path: Path) -> Contents:
    """End at once, as a process does that is killed."""
    os._exit(9)


def tells_modules(path: Path) -> Contents:
    """Tell which modules the process has imported."""
    return Contents(" ".join(sys.modules), ())
