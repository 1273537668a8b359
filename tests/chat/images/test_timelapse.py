"""What Telegram is told of a timelapse."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.chat.images.timelapse import Look, look
from tests.support.videos import video

FRAMES = [Image.new("RGB", (64, 48), color) for color in ("red", "green", "blue", "white")] * 3


def test_an_mp4_says_its_size_and_duration() -> None:
    """As ffmpeg writes them: 12 frames, 4 a second."""
    assert look(video(FRAMES)) == Look(64, 48, 3)


def test_a_gif_too() -> None:
    """Its frames say how long each is shown."""
    buffer = io.BytesIO()
    FRAMES[0].save(buffer, "GIF", save_all=True, append_images=FRAMES[1:], duration=500)
    assert look(buffer.getvalue()) == Look(64, 48, 6)


@pytest.mark.parametrize("data", [b"", b"mvhd", b"mvhd" + bytes(20) + b"tkhd" + bytes(90), video(FRAMES)[:60]])
def test_what_says_nothing_is_sent_without(data: bytes) -> None:
    """A guess would be shown distorted."""
    assert look(data) is None
