"""Writes files in the packed format of the embedding model, for tests."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

F32, Q4 = 0, 1
HIDDEN, FFN, HEADS, POSITIONS = 32, 64, 2, 600
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁query:", "▁passage:", "▁ja", "▁nei", "▁kanskje", "▁"]


@dataclass
class PackedFile:
    """What goes into a packed file; `data` writes it as the package does."""

    sizes: tuple[int, ...] = (HIDDEN, 1, HEADS, FFN, len(PIECES), POSITIONS, 1)
    epsilon: float = 1e-12
    block: int = 32
    special: tuple[int, ...] = (0, 2, 1, 3)
    pieces: list[str] = field(default_factory=lambda: list(PIECES))
    tensors: dict[str, tuple[int, int, bytes]] = field(default_factory=dict)

    def floats(self, name: str, values: NDArray[np.float32]) -> None:
        """Add a tensor of plain floats."""
        self.tensors[name] = (F32, values.size, values.astype("<f4").tobytes())

    def blocks(self, name: str, scale: float, weights: list[int]) -> None:
        """Add a tensor of 4-bit blocks; weights are whole numbers from -8 to 7, a multiple of 32 of them."""
        raw = b""
        for start in range(0, len(weights), 32):
            nibbles = [weight + 8 for weight in weights[start : start + 32]]
            raw += np.float16(scale).tobytes() + bytes(nibbles[i] | nibbles[16 + i] << 4 for i in range(16))
        self.tensors[name] = (Q4, len(weights), raw)

    def data(self) -> bytes:
        """Return the file's bytes."""
        encoded = [piece.encode() for piece in self.pieces]
        offsets = np.cumsum([0, *(len(piece) for piece in encoded)]).astype("<u4")
        scores = -np.arange(len(encoded), dtype="<f4")
        head = b"E5S1" + struct.pack("<I7if2i", 1, *self.sizes, self.epsilon, self.block, len(encoded))
        head += struct.pack("<4iQ", *self.special, int(offsets[-1])) + offsets.tobytes() + scores.tobytes()
        head += b"".join(encoded) + struct.pack("<iI", 0, 3) + b"map" + struct.pack("<i", len(self.tensors))
        place = len(head) + sum(2 + len(name.encode()) + 21 for name in self.tensors)
        directory = body = b""
        for name, (dtype, count, raw) in self.tensors.items():
            directory += struct.pack("<H", len(name.encode())) + name.encode()
            directory += struct.pack("<BIQQ", dtype, count, place + len(body), len(raw))
            body += raw
        return head + directory + body


def tiny_model() -> PackedFile:
    """Return a whole model of one layer, with weights that are all different."""
    packed = PackedFile()
    random = np.random.RandomState(5)
    shapes = {
        "emb.word": len(PIECES) * HIDDEN,
        "emb.pos": POSITIONS * HIDDEN,
        "emb.type": HIDDEN,
        "emb.ln.w": HIDDEN,
        "emb.ln.b": HIDDEN,
    }
    for name in ("q", "k", "v", "ao", "fi", "fo"):
        shapes[f"l0.{name}.w"] = HIDDEN * (FFN if name.startswith("f") else HIDDEN)
        shapes[f"l0.{name}.b"] = FFN if name == "fi" else HIDDEN
    for name in ("aln", "oln"):
        shapes[f"l0.{name}.w"] = shapes[f"l0.{name}.b"] = HIDDEN
    for name, count in shapes.items():
        if name.startswith("l0.") and name.endswith("w") and "ln" not in name:
            packed.blocks(name, 0.0625, [int(weight) for weight in random.randint(-8, 8, size=count)])
        else:
            packed.floats(name, random.randn(count).astype(np.float32))
    return packed
