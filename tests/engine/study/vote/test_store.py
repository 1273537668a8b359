"""Votes on the disk."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.study.vote.store import NAME, Vote, VoteStore

VOTE = Vote("ann", "cat.jpg", "glass.png", "standard", "reinhard", "left")


def test_votes_are_kept_in_their_order(tmp_path: Path) -> None:
    """Another store on the same folder reads what one wrote."""
    second = replace(VOTE, voter="bob", choice="equal")
    for vote in (VOTE, second):
        VoteStore(tmp_path).cast(vote)
    assert VoteStore(tmp_path).votes() == [VOTE, second]


def test_nobody_has_voted_yet(tmp_path: Path) -> None:
    """Reading, undoing nothing and forgetting nobody make no vote; reading and forgetting make no file."""
    store = VoteStore(tmp_path)
    store.forget("ann")
    assert store.votes() == []
    assert list(tmp_path.iterdir()) == []
    assert store.undo("ann") is None


def test_a_second_opinion_replaces_the_first_also_with_the_sides_exchanged(tmp_path: Path) -> None:
    """One person counts once for two outputs."""
    store = VoteStore(tmp_path)
    store.cast(VOTE)
    again = replace(VOTE, left="reinhard", right="standard")
    store.cast(again)
    assert store.votes() == [again]
    store.cast(replace(VOTE, voter="bob"))
    store.cast(replace(VOTE, style="mosaic.png"))
    assert len(store.votes()) == 3


def test_undo_takes_back_the_voters_own_last_vote(tmp_path: Path) -> None:
    """What others did since stays."""
    store = VoteStore(tmp_path)
    earlier, others = replace(VOTE, content="dog.jpg"), replace(VOTE, voter="bob")
    for vote in (earlier, VOTE, others):
        store.cast(vote)
    assert store.undo("ann") == VOTE
    assert store.votes() == [earlier, others]


def test_a_forgotten_voter_is_not_in_the_file_any_more(tmp_path: Path) -> None:
    """Not even in its free pages."""
    store = VoteStore(tmp_path)
    store.cast(replace(VOTE, voter="77777777aaaa"))
    store.cast(VOTE)
    assert b"77777777aaaa" in (tmp_path / NAME).read_bytes()
    store.forget("77777777aaaa")
    assert store.votes() == [VOTE]
    assert b"77777777aaaa" not in (tmp_path / NAME).read_bytes()


def test_two_processes_vote_at_once_and_no_vote_is_lost(tmp_path: Path) -> None:
    """The page and a bot may use one file."""
    program = (
        "import sys; from pathlib import Path; from engine.study.vote.store import *\n"
        "for n in range(25): VoteStore(Path(sys.argv[1])).cast(Vote(sys.argv[2], f'{n}', 's', 'a', 'b', 'left'))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), voter]) for voter in ("ann", "bob")]
    assert [process.wait(60) for process in processes] == [0, 0]
    found = VoteStore(tmp_path).votes()
    assert {(vote.voter, vote.content) for vote in found} == {(v, str(n)) for v in ("ann", "bob") for n in range(25)}


def test_what_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    """A file that is no database, and one of a later version."""
    path = tmp_path / NAME
    path.write_text("no database " * 100)
    with pytest.raises(EngineError, match=r"votes\.sqlite: the votes cannot be read"):
        VoteStore(tmp_path).votes()
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(EngineError, match="version 2, and this program knows version 1"):
        VoteStore(tmp_path).cast(VOTE)


def test_a_vote_that_makes_no_sense_is_not_kept(tmp_path: Path) -> None:
    """The table refuses a choice that there is not, and a method against itself; nothing changes."""
    store = VoteStore(tmp_path)
    for wrong in (replace(VOTE, choice="both"), replace(VOTE, right=VOTE.left)):  # type: ignore[arg-type]
        with pytest.raises(EngineError):
            store.cast(wrong)
    assert store.votes() == []
