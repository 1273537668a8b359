"""Folders, zip and tar archives: what is read of them, and what is refused in a sentence."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.study.pictures import archive, tars
from engine.study.pictures.members import MAX_BYTES, MAX_FILES, UnreadableError

Pack = Callable[[Path, dict[str, bytes]], Path]


def in_folder(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files into a folder."""
    for name, data in files.items():
        path = folder / "set" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder / "set"


def in_zip(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files into a zip archive."""
    with zipfile.ZipFile(folder / "set.zip", "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return folder / "set.zip"


def in_tar(folder: Path, files: dict[str, bytes], packing: str = "gz") -> Path:
    """Write files into a tar archive."""
    with tarfile.open(folder / f"set.tar.{packing}", f"w:{packing}") as made:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return folder / f"set.tar.{packing}"


def refusals(path: Path) -> dict[str, str | None]:
    """Return why each file of an archive is refused."""
    with archive.opened(path) as members:
        return {member.name: member.refused for member in members}


def contents(path: Path) -> dict[str, bytes]:
    """Read all files that are not refused."""
    with archive.opened(path) as members:
        return {member.name: member.read() for member in members if not member.refused}


PACKINGS = [
    in_folder,
    in_zip,
    *(lambda folder, files, packing=packing: in_tar(folder, files, packing) for packing in ("", "gz", "bz2", "xz")),
]


@pytest.mark.parametrize("pack", PACKINGS, ids=["folder", "zip", "tar", "gz", "bz2", "xz"])
def test_files_are_read_without_being_unpacked(tmp_path: Path, pack: Pack) -> None:
    """In every kind of archive; names are those of the archive."""
    files = {"content/кот.png": b"cat" * 1000, "style/a b.jpg": b"glass", "notes.txt": b""}
    path = pack(tmp_path, files)
    before = sorted(tmp_path.rglob("*"))
    assert contents(path) == files
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("pack", PACKINGS, ids=["folder", "zip", "tar", "gz", "bz2", "xz"])
def test_hidden_files_and_archives_in_the_archive_are_refused(tmp_path: Path, pack: Pack) -> None:
    """Each with its reason."""
    hidden = ("__MACOSX/._cat.png", ".DS_Store", "content/Thumbs.db", ".git/cat.png")
    found = refusals(pack(tmp_path, {**dict.fromkeys(hidden, b"1"), "more.tar.gz": b"2", "cat.png": b"3"}))
    assert {name for name, reason in found.items() if reason == "is a hidden file"} == set(hidden)
    assert found["more.tar.gz"] == "is an archive in the archive; unpack it first"
    assert found["cat.png"] is None


@pytest.mark.parametrize("pack", [in_zip, in_tar])
@pytest.mark.parametrize("name", ["../cat.png", "/etc/cat.png", "content/../../cat.png", "C:\\cat.png"])
def test_paths_that_lead_out_of_the_archive_are_refused(tmp_path: Path, pack: Pack, name: str) -> None:
    """Although nothing is written where they lead."""
    assert list(refusals(pack(tmp_path, {name: b"1"})).values()) == ["has a path that leads out of the archive"]


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    """In a folder, where opening a pipe would wait for ever; in a zip; in a tar."""
    folder = in_folder(tmp_path, {"cat.png": b"1"})
    (folder / "link.png").symlink_to("/etc/passwd")
    (folder / "circle").symlink_to(folder)
    os.mkfifo(folder / "pipe.png")
    assert refusals(folder) == {
        "cat.png": None,
        "circle": "is a link",
        "link.png": "is a link",
        "pipe.png": "is not a regular file",
    }
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as made:
        info = zipfile.ZipInfo("link.png")
        info.external_attr = 0o120777 << 16
        made.writestr(info, "/etc/passwd")
    assert refusals(tmp_path / "links.zip") == {"link.png": "is a link"}
    with tarfile.open(tmp_path / "links.tar", "w") as made_tar:
        for name, kind in (("soft", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("device", tarfile.CHRTYPE)):
            member = tarfile.TarInfo(f"{name}.png")
            member.type, member.linkname = kind, "/etc/passwd"
            made_tar.addfile(member)
    kinds = {"soft.png": "is a link", "hard.png": "is a link", "device.png": "is not a regular file"}
    assert refusals(tmp_path / "links.tar") == kinds


@pytest.mark.parametrize("pack", [in_zip, in_tar])
def test_a_second_file_of_a_name_is_refused(tmp_path: Path, pack: Pack) -> None:
    """Which of both is shown would depend on the program that unpacks."""
    path = pack(tmp_path, {"./cat.png" if pack is in_tar else "cat.png": b"1"})
    if pack is in_zip:
        with zipfile.ZipFile(path, "a") as more, pytest.warns(UserWarning, match="Duplicate"):
            more.writestr("cat.png", b"2")
    else:
        path = in_tar(tmp_path, {"./cat.png": b"1", "cat.png": b"2"})
    with archive.opened(path) as members:
        assert [member.refused for member in members] == [None, "has the name of an earlier file"]
        assert members[0].read() == b"1"


def test_bombs_are_refused_by_what_they_state(tmp_path: Path) -> None:
    """By their ratio and their size."""
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("flat.bmp", bytes(11_000_000))
        made.writestr("large.bmp", bytes(MAX_BYTES + 1))
    found = refusals(tmp_path / "bomb.zip")
    assert found["flat.bmp"] == "is packed to less than 1/200 of its size, as no picture is"
    assert found["large.bmp"] == "is larger than 100 MB"


def test_a_file_that_states_a_smaller_size_than_it_has_is_damaged(tmp_path: Path) -> None:
    """No more is unpacked than was stated."""
    path = in_zip(tmp_path, {"cat.bmp": bytes(5_000_000)})
    data = path.read_bytes().replace(struct.pack("<L", 5_000_000), struct.pack("<L", 50))
    path.write_bytes(data)
    with archive.opened(path) as [member], pytest.raises(UnreadableError, match="is damaged in the archive"):
        member.read()


def test_a_packed_tar_is_unpacked_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands before the limit is listed."""
    monkeypatch.setattr(tars, "ALWAYS", 1_000_000)
    path = in_tar(tmp_path, {"cat.png": b"1", "zeros.bmp": bytes(50_000_000), "dog.png": b"2"})
    assert refusals(path) == {
        "cat.png": None,
        "zeros.bmp": None,
        "the rest of the archive": "unpacks to more than is accepted",
    }


def test_a_header_that_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    """It states a name of a gigabyte, and brings it, packed."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 100_000_000
    with gzip.open(tmp_path / "bomb.tar.gz", "wb", compresslevel=1) as file:
        file.write(info.tobuf(tarfile.GNU_FORMAT))
        file.write(bytes(info.size))
    with pytest.raises(EngineError, match=r"bomb\.tar\.gz is neither"), archive.opened(tmp_path / "bomb.tar.gz"):
        pass


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    """By their number alone."""
    path = in_zip(tmp_path, {f"{number}.png": b"" for number in range(MAX_FILES + 1)})
    with pytest.raises(EngineError, match="holds more than 20000 files; give fewer"), archive.opened(path):
        pass


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    """Its bit says so before a password is asked for."""
    path = in_zip(tmp_path, {"cat.png": b"1"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    assert refusals(path) == {"cat.png": "is encrypted"}


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.9])
@pytest.mark.parametrize("packing", ["", "gz", "xz"])
def test_of_a_truncated_tar_the_beginning_is_used(tmp_path: Path, packing: str, keep: float) -> None:
    """And the rest is named."""
    files = {f"{number}.png": os.urandom(30_000) for number in range(10)}
    path = in_tar(tmp_path, files, packing)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with archive.opened(path) as members:
        assert members[-1].refused == "is damaged, or the archive ends early"
        assert 2 <= len(members) - 1 <= 10
        assert members[0].read() == files["0.png"]


def test_of_a_truncated_zip_nothing_is_used(tmp_path: Path) -> None:
    """Its list of files stands at the end."""
    path = in_zip(tmp_path, {"cat.png": os.urandom(1000)})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(EngineError, match=r"set\.zip is a damaged or incomplete zip archive"), archive.opened(path):
        pass


def test_a_damaged_file_of_a_zip_is_told_when_it_is_read(tmp_path: Path) -> None:
    """By its checksum."""
    path = in_zip(tmp_path, {"cat.png": os.urandom(1000), "dog.png": b"dog"})
    data = bytearray(path.read_bytes())
    data[200] ^= 255
    path.write_bytes(data)
    with archive.opened(path) as [cat, dog]:
        with pytest.raises(UnreadableError, match="is damaged in the archive"):
            cat.read()
        assert dog.read() == b"dog"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("кот.png".encode(), "кот.png"),
        ("кот.png".encode("cp866"), "кот.png"),
        ("Käse.png".encode("cp437"), "Käse.png"),
        (b"style\\cat.png", "style/cat.png"),
        (b"a\x1b[31m\nb.png", "a\\x1b[31m\\nb.png"),
        ("evil\u202egnp.exe".encode(), "evil\\u202egnp.exe"),
    ],
)
def test_names_of_a_zip_are_read_in_the_encoding_of_its_author(tmp_path: Path, raw: bytes, name: str) -> None:
    """And what would harm a terminal or a page is escaped."""
    placeholder = b"x" * len(raw)
    path = in_zip(tmp_path, {placeholder.decode(): b"1"})
    path.write_bytes(path.read_bytes().replace(placeholder, raw))
    assert contents(path) == {name: b"1"}


def test_names_of_a_folder_and_a_tar_may_be_broken_text(tmp_path: Path) -> None:
    """They are read in the way of a zip's, or escaped."""
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / os.fsdecode(b"\xff.png")).write_bytes(b"1")
    assert contents(tmp_path / "set") == {"\\udcff.png": b"1"}
    with tarfile.open(tmp_path / "set.tar", "w", format=tarfile.GNU_FORMAT, encoding="cp866") as made:
        made.addfile(tarfile.TarInfo("кот.png"))
    assert contents(tmp_path / "set.tar") == {"кот.png": b""}


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0 a picture", b"Rar!\x1a\x07\x00" + bytes(2000)])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    """In a sentence that says what to give."""
    path = tmp_path / "set.7z"
    path.write_bytes(data)
    with (
        pytest.raises(EngineError, match=r"set\.7z is neither a folder nor a zip or tar archive"),
        archive.opened(path),
    ):
        pass


def test_a_pipe_and_a_missing_path_are_refused(tmp_path: Path) -> None:
    """Nothing waits for a writer."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EngineError, match="is neither a folder nor an archive"), archive.opened(tmp_path / "pipe"):
        pass
    with pytest.raises(EngineError, match=r"There is no .*; give a folder"), archive.opened(tmp_path / "none"):
        pass
