"""The addresses of the voting page: what they tell, and whom they refuse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.study.records import Results
from engine.study.vote.store import VoteStore
from tests.support.vote_study import METHODS, small_study
from tests.support.voting_page import voting_page


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a history on the page of a small study."""
    small_study(tmp_path)
    async with voting_page(tmp_path) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


async def question(page: httpx.AsyncClient) -> dict[str, Any]:
    """Return the question for this browser."""
    return dict((await page.get("/question")).json())


async def test_votes_are_kept_and_the_voter_goes_on_after_a_new_start(page: httpx.AsyncClient, tmp_path: Path) -> None:
    """A cookie tells the voter; the question of an earlier start is gone, and the next one is asked."""
    first = await question(page)
    after = (await page.post("/vote", json={"question": first["question"], "choice": "left"})).json()
    assert (first["votes"], after["votes"], after["contests"]) == (0, 1, 3)
    [vote] = VoteStore(tmp_path).votes()
    assert (vote.voter, vote.choice) == (page.cookies["vitrage-voter"], "left")
    async with voting_page(tmp_path, "ru") as url, httpx.AsyncClient(base_url=url, cookies=dict(page.cookies)) as later:
        gone = await later.post("/vote", json={"question": after["question"], "choice": "left"})
        assert gone.status_code == 410
        now = await question(later)
        assert (now["votes"], now["language"]) == (1, "ru")
        undone = (await later.post("/undo", json={})).json()
        assert undone["votes"] == 0
    assert VoteStore(tmp_path).votes() == []


async def test_somebody_else_is_another_voter(page: httpx.AsyncClient, tmp_path: Path) -> None:
    """Two people at one computer; the question of the one is not the other's to answer."""
    first = await question(page)
    await page.post("/vote", json={"question": first["question"], "choice": "equal"})
    mine = await question(page)
    other = (await page.post("/voter", json={})).json()
    assert other["votes"] == 0
    assert (await page.post("/vote", json={"question": mine["question"], "choice": "left"})).status_code == 410
    await page.post("/vote", json={"question": other["question"], "choice": "right"})
    assert len({vote.voter for vote in VoteStore(tmp_path).votes()}) == 2


async def test_nothing_that_is_sent_names_a_method_or_a_file(page: httpx.AsyncClient, tmp_path: Path) -> None:
    """Four pictures, each as it lies in the folder, under random words."""
    results = Results.from_json((tmp_path / "results.json").read_bytes())
    rows = {(tmp_path / "pictures" / str(row.file)).read_bytes(): row for row in results.painted}
    asked = await page.get("/question")
    told = [asked.text, str(asked.headers)]
    shown = []
    for which in ("content", "style", "left", "right"):
        picture = await page.get(f"/pictures/{asked.json()['question']}/{which}")
        shown.append(rows[picture.content])
        told.append(str(picture.headers))
    assert [row.method for row in shown[:2]] == ["content", "style"]
    assert len({(row.content, row.style) for row in shown}) == 1
    secrets = [*list(METHODS)[2:], *(str(row.file) for row in shown)]
    assert [secret for secret in secrets for text in told if secret in text] == []


@pytest.mark.parametrize(
    "path",
    ["/pictures/x/left", "/pictures/{word}/0000.png", "/pictures/{word}/..%2f..%2fresults.json", "/web/%2e%2e/page.py"],
)
async def test_no_other_file_is_served(page: httpx.AsyncClient, path: str) -> None:
    """Only the four pictures of a question, and the files of the page."""
    word = (await question(page))["question"]
    assert (await page.get(path.format(word=word))).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 400),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_other_sites_are_refused(
    page: httpx.AsyncClient, tmp_path: Path, method: str, headers: dict[str, str], status: int
) -> None:
    """DNS rebinding, and requests that a foreign page sends: nothing is told, nothing changes."""
    word = (await question(page))["question"]
    path = "/question" if method == "GET" else "/vote"
    refused = await page.request(method, path, json={"question": word, "choice": "left"}, headers=headers)
    assert refused.status_code == status
    assert word not in refused.text
    assert VoteStore(tmp_path).votes() == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"question": "x"}', b'{"question": "W", "choice": "both"}', b'{"a": "' + b"x" * 9999 + b'"}']
)
async def test_what_is_no_vote_is_refused(page: httpx.AsyncClient, tmp_path: Path, body: bytes) -> None:
    """Also a body without an end."""
    word = (await question(page))["question"]
    assert (await page.post("/vote", content=body.replace(b"W", word.encode()))).status_code == 400
    assert VoteStore(tmp_path).votes() == []


async def test_votes_that_cannot_be_kept_are_told(page: httpx.AsyncClient, tmp_path: Path) -> None:
    """One sentence, no traceback; the page shows it."""
    word = (await question(page))["question"]
    (tmp_path / "votes.sqlite").write_text("no database " * 100)
    failed = await page.post("/vote", json={"question": word, "choice": "left"})
    assert failed.status_code == 503
    assert "the votes cannot be read or written" in failed.json()["error"]
