"""A language server: remarks and their remedies while one types, in VS Code, Neovim, TeXstudio (`lang-audit lsp`, extra `lsp`).

The Language Server Protocol 3.17 over stdio, by pygls. What is on the screen is checked, saved or not: it is put into a
scratch file of the same name, so that every reader reads it as it would the manuscript.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace.position_codec import ServerTextPosition, ServerTextRange

from lang_audit import __version__
from lang_audit.audit import audit_file
from lang_audit.config import find_config
from lang_audit.errors import LangAuditError
from lang_audit.manuscript.check import check_record
from lang_audit.manuscript.checked import CheckedFile, Level, Remark
from lang_audit.manuscript.fixes import plan
from lang_audit.manuscript.ignores import PLACEHOLDER, comment_signs
from lang_audit.manuscript.places import Locator, SourceText
from lang_audit.model import Finding
from lang_audit.settings import Settings, load_settings

if TYPE_CHECKING:
    from pygls.workspace import TextDocument

_LOG = logging.getLogger(__name__)
_PAUSE = 0.4  # seconds without a key before a text is checked
_SEVERITIES: dict[Level, lsp.DiagnosticSeverity] = {
    "pejorative": lsp.DiagnosticSeverity.Warning,
    "stigmatising": lsp.DiagnosticSeverity.Warning,
    "outdated": lsp.DiagnosticSeverity.Information,
    "query": lsp.DiagnosticSeverity.Hint,
}
_LANGUAGES = {"markdown": ".md", "quarto": ".qmd", "latex": ".tex", "tex": ".tex", "html": ".html", "plaintext": ".txt"}


@dataclass
class _Open:
    """A document that the editor shows: what was said of it last, and for which version."""

    version: int | None = None
    checked: CheckedFile | None = None
    asked: int = field(default=0)


class Server(LanguageServer):
    """The server, with what was said of each open document."""

    def __init__(self) -> None:
        super().__init__("lang-audit", __version__)
        self.open: dict[str, _Open] = {}
        self._one_at_a_time = asyncio.Lock()

    async def check_soon(self, uri: str, pause: float) -> None:
        """Check a document once nobody has typed in it for `pause` seconds, and publish what there is to say."""
        state = self.open.setdefault(uri, _Open())
        state.asked += 1
        ticket = state.asked
        await asyncio.sleep(pause)
        async with self._one_at_a_time:
            if state.asked != ticket or self.open.get(uri) is not state:
                return
            document = self.workspace.get_text_document(uri)
            version, text = document.version, document.source
            try:
                checked = await asyncio.get_running_loop().run_in_executor(None, _checked, _path_of(document), text)
            except LangAuditError as error:  # a mistake in the configuration or the lexicon
                self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, f"lang-audit: {error}"))
                return
            state.version, state.checked = version, checked
        diagnostics = [_diagnostic(remark, document) for remark in checked.remarks if remark.place.line is not None]
        diagnostics += [
            _problem(problem.code, f"{problem.message} {problem.remedy}") for problem in checked.record.problems
        ]
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=diagnostics)
        )

    def forget(self, uri: str) -> None:
        """A document was closed: what was said of it goes from the editor too."""
        self.open.pop(uri, None)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=[]))


def make_server() -> Server:
    """A server with its features, ready to be started."""
    server = Server()

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        await server.check_soon(params.text_document.uri, 0.0)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        await server.check_soon(params.text_document.uri, _PAUSE)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        await server.check_soon(params.text_document.uri, 0.0)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    )
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return _actions(server, params)

    return server


def _path_of(document: TextDocument) -> Path:
    """The path of a document; one that was never saved has none, and is told by its language."""
    path = Path(to_fs_path(document.uri) or document.filename or "untitled")
    return path if path.suffix else path.with_suffix(_LANGUAGES.get(document.language_id or "", ".md"))


def _checked(path: Path, text: str) -> CheckedFile:
    """What there is to say of a text that the editor shows as the file at `path`."""
    settings = _settings(path.parent)
    with tempfile.TemporaryDirectory(prefix="lang-audit-") as folder:
        scratch = Path(folder) / path.name
        scratch.write_bytes(text.encode("utf-8", "surrogatepass"))
        records = list(audit_file(scratch, settings=settings))
        return check_record(records[0], settings, shown=lambda _: str(path), beside=path)


def _settings(folder: Path) -> Settings:
    config = find_config(folder) if folder.is_dir() else None
    return load_settings(codebooks=("none",), config=config, characteristics=False)


def _diagnostic(remark: Remark, document: TextDocument) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        range=_range(remark, document),
        severity=_SEVERITIES[remark.level],
        code=remark.rule,
        source="lang-audit",
        message=f"“{remark.text}”: {remark.message}{remark.advice}",
        data=remark.fingerprint,
    )


def _problem(code: str, message: str) -> lsp.Diagnostic:
    top = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
    return lsp.Diagnostic(
        range=top, severity=lsp.DiagnosticSeverity.Information, code=code, source="lang-audit", message=message
    )


def _range(remark: Remark, document: TextDocument) -> lsp.Range:
    """Where a remark stands, in the units that the editor counts in."""
    place = remark.place
    start = ServerTextPosition((place.line or 1) - 1, (place.column or 1) - 1)
    end = ServerTextPosition((place.end_line or place.line or 1) - 1, (place.end_column or place.column or 1) - 1)
    return document.range_to_client_units(ServerTextRange(start, end))


def _actions(server: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """The remedies for the remarks that the editor asks about: other words, or a comment that lets the term pass.

    Only while the text is as it was checked: the places of an older text would put the words anywhere.
    """
    uri = params.text_document.uri
    state = server.open.get(uri)
    document = server.workspace.get_text_document(uri)
    if state is None or state.checked is None or state.version != document.version:
        return []
    by_print = {remark.fingerprint: remark for remark in state.checked.remarks}
    source = SourceText(document.source)
    found = []
    for diagnostic in params.context.diagnostics:
        candidates = [
            remark
            for remark in state.checked.remarks
            if remark.fingerprint == diagnostic.data and _range(remark, document) == diagnostic.range
        ]
        remark = candidates[0] if candidates else by_print.get(str(diagnostic.data))
        if remark is None or remark.finding is None:
            continue
        edits = _rewriting(state.checked, remark.finding, source, document)
        if edits:
            found.append(
                _action(f"Write “{remark.suggestion or 'other words'}”", uri, edits, diagnostic, preferred=True)
            )
        if comment := comment_signs(_path_of(document)):
            edit = _comment(comment, remark, source, document)
            found.append(_action(f"Let “{remark.text}” pass on this line (add the reason)", uri, [edit], diagnostic))
    return found


def _rewriting(
    checked: CheckedFile, finding: Finding, source: SourceText, document: TextDocument
) -> list[lsp.TextEdit]:
    """The edits of the file that mend a finding; none where it has no rewrite, or where the file spells it otherwise."""
    appraisal = checked.record.appraisal
    assert appraisal is not None  # it has the finding
    settings = _settings(_path_of(document).parent)
    locator = Locator(appraisal.paper, _path_of(document))
    edits = []
    todo = [remark.finding for remark in checked.remarks if remark.finding]
    planned = plan(appraisal, settings.lexicon, todo)
    changes = [change for change in planned if finding in change.findings]
    groups = {
        change.group for change in changes if change.group
    }  # an acronym goes with its definition and all its uses
    changes += [change for change in planned if change.group in groups and change not in changes]
    for change in changes or plan(appraisal, settings.lexicon, [finding]):
        for edit in change.edits:
            place = locator.source_range(edit.start, edit.end)
            if (
                place is None
                or place.part is not None
                or source.text[place.at : place.upto] != appraisal.paper.text[edit.start : edit.end]
            ):
                return []
            edits.append(lsp.TextEdit(_between(source, place.at, place.upto, document), edit.new))
    return edits


def _comment(comment: tuple[str, str], remark: Remark, source: SourceText, document: TextDocument) -> lsp.TextEdit:
    """A comment at the end of the line that lets its term pass once the reason is filled in."""
    start, end = source.line_bounds(remark.place.line or 1)
    at = start + len(source.text[start:end].rstrip("\r\n"))
    text = f" {comment[0]}lang-audit: ignore {remark.text} -- {PLACEHOLDER}{comment[1]}"
    return lsp.TextEdit(_between(source, at, at, document), text)


def _between(source: SourceText, at: int, upto: int, document: TextDocument) -> lsp.Range:
    places = (source.line_and_column(offset) for offset in (at, upto))
    start, end = (ServerTextPosition(line - 1, column - 1) for line, column in places)
    return document.range_to_client_units(ServerTextRange(start, end))


def _action(
    title: str, uri: str, edits: list[lsp.TextEdit], diagnostic: lsp.Diagnostic, preferred: bool = False
) -> lsp.CodeAction:
    return lsp.CodeAction(
        title=title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[diagnostic],
        is_preferred=preferred,
        edit=lsp.WorkspaceEdit(changes={uri: edits}),
    )
