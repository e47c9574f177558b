"""The server as an editor meets it: a process on stdio, driven by a client that speaks the protocol."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import BaseLanguageClient

TEXT = "# Sharing 💉 syringes\n\nIn 2002 💉 most drug addicts came.\n"


class Editor:
    """A client, with the diagnostics that it was sent last for each document."""

    def __init__(self) -> None:
        self.client = BaseLanguageClient("editor", "1")
        self.arrived: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.arrived.put_nowait(params)

    async def start(self, folder: Path) -> None:
        await self.client.start_io(sys.executable, "-m", "lang_audit", "lsp")
        await self.client.initialize_async(
            lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri=folder.as_uri())
        )
        self.client.initialized(lsp.InitializedParams())

    async def next(self) -> lsp.PublishDiagnosticsParams:
        return await asyncio.wait_for(self.arrived.get(), 60)

    async def stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()


async def acronyms_change_with_their_definition(editor: Editor, folder: Path) -> None:
    uri, text = (folder / "b.tex").as_uri(), "Injecting drug users (IDUs) came.\n\nMost IDUs were tested.\n"
    editor.client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri=uri, language_id="latex", version=1, text=text))
    )
    told = await editor.next()
    last = told.diagnostics[-1]
    actions = await editor.client.text_document_code_action_async(
        lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), last.range, lsp.CodeActionContext([last]))
    )
    assert actions and isinstance(actions[0], lsp.CodeAction) and actions[0].edit and actions[0].edit.changes
    lines = text.splitlines()
    for edit in sorted(actions[0].edit.changes[uri], key=lambda edit: -edit.range.start.character):
        assert isinstance(edit, lsp.TextEdit)
        line, start, end = edit.range.start.line, edit.range.start.character, edit.range.end.character
        lines[line] = lines[line][:start] + edit.new_text + lines[line][end:]
    assert lines == ["People who inject drugs (PWID) came.", "", "Most PWID were tested."]


async def session(folder: Path) -> None:
    editor = Editor()
    await editor.start(folder)
    uri = (folder / "draft.md").as_uri()
    document = lsp.TextDocumentItem(uri=uri, language_id="markdown", version=1, text=TEXT)
    editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
    told = await editor.next()
    (diagnostic,) = told.diagnostics
    assert (told.uri, told.version) == (uri, 1)
    assert diagnostic.code == "substance-use/drug-addict"
    assert "people with a drug use disorder" in diagnostic.message
    # An editor counts in UTF-16 by default: the syringe takes two units.
    assert diagnostic.range == lsp.Range(lsp.Position(2, 16), lsp.Position(2, 28))

    actions = await editor.client.text_document_code_action_async(
        lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), diagnostic.range, lsp.CodeActionContext([diagnostic]))
    )
    assert actions is not None
    mend, let_pass = (action for action in actions if isinstance(action, lsp.CodeAction))
    assert mend.edit and mend.edit.changes and let_pass.edit and let_pass.edit.changes
    (edit,) = mend.edit.changes[uri]
    assert (edit.new_text, edit.range) == ("people with a drug use disorder", diagnostic.range)
    (edit,) = let_pass.edit.changes[uri]
    assert edit.new_text == " <!-- lang-audit: ignore drug addicts -- REASON -->"
    assert edit.range.start == edit.range.end == lsp.Position(2, 34)

    # What is typed is checked before it is saved.
    insert = lsp.TextDocumentContentChangePartial(text=edit.new_text.replace("REASON", "their word"), range=edit.range)
    for version, change in enumerate([insert], start=2):
        editor.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(lsp.VersionedTextDocumentIdentifier(version, uri), [change])
        )
    told = await editor.next()
    assert (told.version, list(told.diagnostics)) == (2, [])
    await acronyms_change_with_their_definition(editor, folder)
    editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))
    assert not (await editor.next()).diagnostics
    await editor.stop()


def test_an_editor_is_told_while_one_types_and_offered_remedies(tmp_path: Path) -> None:
    pytest.importorskip("pygls")
    asyncio.run(session(tmp_path))
