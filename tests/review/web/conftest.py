from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("sqlalchemy")

import warnings

from lang_audit.review.store import Store
from lang_audit.review.web.app import make_app, make_pages
from lang_audit.review.web.pages import Pages
from lang_audit.review.web.workspace import Workspace
from lang_audit.settings import default_settings
from tests.review.web.made import kept_appraisal

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

TOKEN = "a-token-for-tests"
BASE = "http://127.0.0.1:8000"


class Reviewer:
    """A reviewer's browser without a window: follows what its pages hold."""

    def __init__(self, app: Any, name: str) -> None:
        self.client = TestClient(app, base_url=BASE, raise_server_exceptions=True)
        self.client.get(f"/login?token={TOKEN}")
        self.csrf = re.search(r'name="csrf" value="([^"]+)"', self.client.get("/you").text)[1]  # type: ignore[index]
        self.name = name
        if name:
            self.post("/you", name=name)

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    def post(self, path: str, *, json: bool = False, origin: str = BASE, **fields: Any) -> Any:
        headers = {"origin": origin} | ({"accept": "application/json"} if json else {})
        return self.client.post(path, data={"csrf": self.csrf, **fields}, headers=headers)

    def decide(self, key: str, proposal: str, action: str, seen: int = 0, **fields: Any) -> Any:
        return self.post(
            f"/paper/{key}/decide",
            json=True,
            proposal=proposal,
            action=action,
            seen=str(seen),
            at="view=page&n=1",
            **fields,
        )


@dataclass
class Review:
    folder: Path
    keys: list[str]
    store: Store
    workspace: Workspace
    app: Any

    def reviewer(self, name: str) -> Reviewer:
        return Reviewer(self.app, name)

    @property
    def ids(self) -> list[str]:
        opened = self.workspace.paper(self.keys[0])
        assert opened
        return [one.id for one in opened.proposals]


@pytest.fixture(scope="session")
def pages() -> Pages:
    return make_pages(default_settings().lexicon)


@pytest.fixture
def make_review(tmp_path: Path, pages: Pages) -> Iterator[Callable[..., Review]]:
    stores = []

    def make(name: str = "out", **made: Any) -> Review:
        folder = tmp_path / name
        keys = kept_appraisal(folder, **made)
        store = Store.open(folder / "review.sqlite")
        stores.append(store)
        workspace = Workspace(folder, store, default_settings())
        return Review(folder, keys, store, workspace, make_app(workspace, token=TOKEN, pages=pages))

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def review(make_review: Callable[..., Review]) -> Review:
    return make_review()
