"""A disk of eight megabytes that is full, under the whole program."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bot.chat.i18n import texts
from bot.sandbox.client import Client
from tests.support.conversation import result
from tests.support.pictures import encoded
from tests.support.program import Program, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk"),
]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The bot's data folder, on a disk of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("left", [0, 400_000])
async def test_photos_that_meet_a_full_disk_are_painted_when_there_is_room(
    small_disk: Path, tmp_path: Path, left: int
) -> None:
    """Where not even the update can be kept, Telegram keeps it; where only the photos cannot, one sentence says so."""
    photos = [encoded(Image.effect_noise((1200, 800), sigma), quality=95) for sigma in (60, 90)]  # of a megabyte
    program = Program(tmp_path, "fake")
    try:
        program.start_bot()
        until(lambda: "engine_ready" in program.logged(), "the bot can paint")
        async with Client(program.url) as person:
            chat = await person.open()
            disk = os.statvfs(small_disk)
            (small_disk / "others").write_bytes(bytes(disk.f_bavail * disk.f_frsize - left))
            request = (await chat.send_photos(photos))[0]
            if left:
                await chat.wait(lambda message: message.text == texts("en")("busy-disk"))
            else:
                until(lambda: "The disk is full" in program.logged(), "it is met")
            (small_disk / "others").unlink()
            if left:
                request = (await chat.send_photos(photos))[0]
            await result(chat, request)
            said = [message.text for message in await chat.messages() if message.from_bot]
        assert said.count(texts("en")("busy-disk")) == bool(left)
        assert program.stop_bot() == 0
    finally:
        program.close()
