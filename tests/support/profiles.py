"""ICC profiles made by hand, and what colours mean by them: figures of the published standards, not of our code."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Columns: XYZ of red, green and blue, adapted to D50, as the published profiles state them.
SRGB = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
P3 = np.array([[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]])
GAMMA = 563 / 256  # of Adobe RGB (1998), and of P3 here: the closest to 2.2 that a profile of version 2 can state
D50 = (0.9642, 1.0, 0.8249)


def wide_gamut() -> bytes:
    """Return a profile of P3's primaries and GAMMA."""
    tags = {b"wtpt": _xyz(D50)}
    for name, column in zip((b"r", b"g", b"b"), P3.T, strict=True):
        tags |= {name + b"XYZ": _xyz(tuple(column)), name + b"TRC": _gamma(GAMMA)}
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def grey(gamma: float) -> bytes:
    """Return a profile of grey whose light is value ** gamma."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"wtpt": _xyz(D50), b"kTRC": _gamma(gamma)})


def odd_ink() -> bytes:
    """Return a profile of a printer whose cyan ink prints red: who passes it over shows another picture."""
    corners = np.full((2, 2, 2, 2, 3), (100.0, 0.0, 0.0))
    corners[1, :, :, :] = (53.0, 80.0, 67.0)  # Lab of red
    corners[..., 1, :] = (0.0, 0.0, 0.0)  # black ink
    lightness, colours = corners[..., :1] * 255 / 100, corners[..., 1:] + 128
    table = np.rint(np.concatenate([lightness, colours], axis=-1)).astype(np.uint8).tobytes()
    straight = bytes(range(256))
    matrix = struct.pack(">9i", *(np.eye(3) * 65536).astype(int).ravel())
    lut = struct.pack(">4sIBBBB", b"mft1", 0, 4, 3, 2, 0) + matrix + 4 * straight + table + 3 * straight
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"wtpt": _xyz(D50), b"A2B0": lut})


def from_wide_gamut(values: Floats) -> Floats:
    """Return P3 values of GAMMA, 0..1, as sRGB, clipped."""
    light = (values**GAMMA) @ P3.T @ np.linalg.inv(SRGB).T
    return srgb(light)


def srgb(light: Floats) -> Floats:
    """Return linear light, clipped to 0..1, by sRGB's curve (IEC 61966-2-1)."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def _gamma(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def _profile(kind: bytes, colours: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return a profile of version 2.1 (ICC.1:2001-04, 6.1 and 6.2)."""
    place, entries, body = 132 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        entries += struct.pack(">4sII", name, place + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s12s4s", place + len(body), b"", 0x02100000, kind, colours, connection, b"", b"acsp")
    head += bytes(28) + struct.pack(">3i", *(round(value * 65536) for value in D50))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + entries + body
