"""Which formats are pictures, and the plug-ins of Pillow that read more of them."""

from __future__ import annotations

from functools import cache

from PIL import Image

from engine.reading.silence import silence_libtiff

FORMATS = (
    *("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "JXL", "TIFF", "BMP", "JPEG2000"),
    *("ICO", "CUR", "ICNS", "PSD", "TGA", "PCX", "DCX", "DDS", "QOI", "PPM", "SGI", "SUN", "DIB", "PCD", "PIXAR"),
    *("XBM", "XPM", "MSP", "IM", "FLI", "BLP", "FTEX", "GBR", "SPIDER", "FITS", "MCIDAS", "IMT", "XVTHUMB"),
)
"""Pillow's names of the formats that are accepted.

Left out are those that it reads by running other programs or the system (EPS, WMF), those that it only recognises
(MPEG, BUFR, GRIB, HDF5), and IPTC, a container of metadata.
"""

_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"\0\0\0\x0cJXL \r\n\x87\n")
_FIFTHS = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")  # at the fifth byte


def is_picture(data: bytes) -> bool:
    """Return whether a file begins as a picture: where nothing can be read of it, it is damaged and not foreign."""
    return data.startswith(_BEGINNINGS) or data[4:12] in _FIFTHS or (data[:4], data[8:12]) == (b"RIFF", b"WEBP")


@cache
def known_formats() -> list[str]:
    """Return those of FORMATS that can be read here; HEIF and JPEG XL have no plug-in on some machines."""
    Image.init()
    silence_libtiff()
    try:
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    except ImportError:
        pass
    try:
        import pylibjxl

        pylibjxl.register_pillow()
    except ImportError:
        pass
    return [name for name in FORMATS if name in Image.OPEN]
