"""The page of a thread: all its posts from any of them, whatever their ids are."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from lyhord.adapters.tantivy_store import TantivyStore
from services.web.app import create_app
from tests.contract.test_store import START, tagged

ODD = 'a"b\\c'


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store = TantivyStore(tmp_path_factory.mktemp("store"), write=True)

    def said(minute: int, key: str, text: str, parent: str | None = None, **more: Any) -> bytes:
        when = START + timedelta(minutes=minute)
        return tagged(key, text, created_at=when, in_reply_to=parent, **more)

    posts = [
        said(0, "1", "brunt vatten"),
        said(3, "3", "när då", "2"),
        said(2, "2", "vi lagar", "1", author_role="municipality"),
        said(1, "9", "en annan fråga"),
        said(4, "orphan", "svar på något", ODD),
        said(5, "second", "ett till", ODD),
        said(6, "x", "runt", "y"),
        said(7, "y", "och runt", "x"),
    ]
    assert not any(store.upsert(posts))
    store.flush()
    with TestClient(create_app(store, hosts=["testserver"])) as client:
        yield client
    store.close()


def texts(client: TestClient, post: str) -> list[str]:
    page = client.get("/trad", params={"post": post})
    assert page.status_code == 200
    return [part.split("</p>")[0] for part in page.text.split('<p class="text">')[1:]]


@pytest.mark.parametrize("post", ["forum:1", "forum:2", "forum:3"])
def test_any_post_leads_to_its_whole_thread_in_order(client: TestClient, post: str) -> None:
    assert texts(client, post) == ["brunt vatten", "vi lagar", "när då"]


def test_a_thread_whose_first_post_is_missing_is_there(client: TestClient) -> None:
    for post in (f"forum:{ODD}", "forum:orphan", "forum:second"):
        assert texts(client, post) == ["svar på något", "ett till"]


def test_replies_in_a_circle_end(client: TestClient) -> None:
    assert texts(client, "forum:x") == ["runt", "och runt"]


@pytest.mark.parametrize("post", ["forum:none", '") OR *', "", "x" * 500])
def test_no_such_thread_is_told(client: TestClient, post: str) -> None:
    page = client.get("/trad", params={"post": post})
    assert page.status_code == 404
    assert "Tråden finns inte" in page.text
