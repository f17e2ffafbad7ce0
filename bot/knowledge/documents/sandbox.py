"""Reads a document in a process of its own: a hostile or broken file can't take the caller's memory or time."""

from __future__ import annotations

import logging
import multiprocessing
import resource
import time
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from bot.errors import GuideError
from bot.knowledge.documents.blocks import Contents
from bot.knowledge.documents.reading import read_document

MEMORY = 3 * 1024**3
CPU_SECONDS = 180
WALL_SECONDS = 300.0


def read_safely(
    path: Path,
    *,
    read: Callable[[Path], Contents] = read_document,
    memory: int = MEMORY,
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: float = WALL_SECONDS,
) -> Contents:
    """Read a document as `read_document` does, within limits.

    Args:
        path: of the document.
        read: what reads it, a function of a module.
        memory: bytes of address space that the reading process may take.
        cpu_seconds: processor time that it may take.
        wall_seconds: time that the caller waits at most.

    Raises:
        GuideError: as `read_document` raises, or the limits were met.
    """
    # Spawned, not forked: the child has none of the caller's memory, threads or open files.
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(sender, path, read, memory, cpu_seconds))
    deadline = time.monotonic() + wall_seconds
    child.start()
    sender.close()
    try:
        answer = receiver.recv() if receiver.poll(max(0.0, deadline - time.monotonic())) else None
    except EOFError:
        answer = None
    finally:
        child.kill()
        child.join()
        receiver.close()
    if isinstance(answer, Contents):
        return answer
    if answer is not None:
        raise GuideError(*answer)
    raise GuideError(f"{path.name} took too much memory or time to read.", "Split it into smaller files.")


def _answer(sender: Connection, path: Path, read: Callable[[Path], Contents], memory: int, cpu_seconds: int) -> None:
    """Send the contents, or the two sentences of a GuideError; send nothing when a limit is met."""
    for limit, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, cpu_seconds), (resource.RLIMIT_CORE, 0)):
        allowed = resource.getrlimit(limit)[1]
        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(limit, (most, most))
    # The readers tell of every oddity of a file; the operator needs only the outcome.
    logging.disable()
    warnings.simplefilter("ignore")
    try:
        sender.send(read(path))
    except GuideError as error:
        sender.send((error.what, error.remedy))
    except MemoryError:
        return
