"""What the elements of HTML are to a reader of a paper: blocks, quotations, notes, lists of references, or nothing to read."""

from __future__ import annotations

import re

from lang_audit.model import PassageKind, SectionKind


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


VOID = _words("area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen")
"""Elements that hold nothing, and have no end tag."""

HEADINGS = {f"h{level}": level for level in range(1, 7)}
"""The names of headings and their levels."""

BLOCKS = _words(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead"
    " title tr ul"
)
"""Elements that part what stands before them from what stands in them."""

ENDED_BY: dict[str, frozenset[str]] = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "tr": frozenset({"tr", "td", "th", "caption"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
    "tbody": frozenset({"thead", "tbody", "tr", "td", "th", "caption"}),
    "tfoot": frozenset({"thead", "tbody", "tr", "td", "th", "caption"}),
    "thead": frozenset({"caption"}),
    "option": frozenset({"option"}),
    "body": frozenset({"head", "title"}),
}
"""The open elements that end where one of this name begins, their end tags being left out."""

KEEPS_IN = {
    "li": frozenset({"ul", "ol", "menu"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "tr": frozenset({"table"}),
    "td": frozenset({"table", "tr"}),
    "th": frozenset({"table", "tr"}),
    "tbody": frozenset({"table"}),
    "tfoot": frozenset({"table"}),
    "thead": frozenset({"table"}),
}
"""The elements at which the search for those ends: a list inside a list item does not end it."""

_LEFT_OUT = _words(
    "audio button canvas code datalist del dialog frameset iframe input map math meter nav noembed noframes noscript object"
    " optgroup option pre progress samp script select style svg template textarea video xmp"
)
_ROLES_LEFT_OUT = frozenset(
    {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar", "tablist", "tooltip",
     "doc-backlink", "doc-noteref", "doc-toc", "doc-pagebreak", "math"}
)  # fmt: skip
_CLASSES_LEFT_OUT = frozenset(
    {"math", "katex", "mathjax", "mathjax_preview", "mathjax_display", "mathjax_svg", "mjx-chtml", "sr-only", "visually-hidden",
     "screen-reader-text", "visuallyhidden", "d-none", "footnote-back", "footnote-ref", "sourcecode"}
)  # fmt: skip
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-list\s*:\s*ignore|mso-hide\s*:\s*all", re.IGNORECASE
)
_NOTE_LINK = re.compile(r"#_?(?:ftn(?:ref)?|edn(?:ref)?|ftnt(?:_ref)?|fn(?:ref)?|cmnt(?:_ref)?|msocom)[-_]?\w{0,5}")
_HOLDERS = frozenset({"aside", "div", "dl", "footer", "ol", "section", "table", "ul", "article"})
_REFERENCES = frozenset(
    {"references", "bibliography", "ref-list", "reflist", "reference-list", "references-list", "references__list",
     "citation-list", "csl-bib-body", "refs", "literature-cited", "c-article-references", "article-references",
     "doc-bibliography"}
)  # fmt: skip
_NOTES = frozenset(
    {"footnotes", "endnotes", "fn-group", "doc-endnotes", "doc-footnotes", "doc-footnote", "doc-endnote"}
)
_ABSTRACTS = frozenset({"abstract", "doc-abstract", "article-abstract"})
_MAIN = frozenset({"article", "main"})
_WORD_STYLES: dict[str, PassageKind] = {
    "msolistparagraph": "list-item",
    "msoquote": "block-quote",
    "msointensequote": "block-quote",
    "msocaption": "caption",
    "msofootnotetext": "footnote",
    "msoendnotetext": "footnote",
    "msobibliography": "reference",
}
_KINDS: dict[str, PassageKind] = {
    "blockquote": "block-quote",
    "li": "list-item",
    "figcaption": "caption",
    "caption": "caption",
}


def is_left_out(name: str, attributes: dict[str, str]) -> bool:
    """Whether an element holds nothing to read: code, forms, navigation, what is hidden, links to and from notes."""
    if name in _LEFT_OUT or name.startswith("mjx-"):
        return True
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or _HIDING.search(attributes.get("style", "")):
        return name not in ("body", "html")
    if attributes.get("role", "").lower() in _ROLES_LEFT_OUT or not _CLASSES_LEFT_OUT.isdisjoint(_classes(attributes)):
        return name not in ("body", "html")
    return name == "a" and _NOTE_LINK.fullmatch(attributes.get("href", "")) is not None


def is_main(name: str, attributes: dict[str, str]) -> bool:
    """Whether an element holds the page's own text and none of what stands about it."""
    return name in _MAIN or attributes.get("role", "").lower() in ("main", "article")


def is_title(name: str, attributes: dict[str, str]) -> bool:
    """Whether a paragraph is styled as the title: by Word, Google Docs, Pandoc."""
    return name in ("p", "h1") and not {"title", "msotitle", "subtitle", "msosubtitle"}.isdisjoint(_classes(attributes))


def section_of(name: str, attributes: dict[str, str]) -> SectionKind | None:
    """The section that an element says it holds; None where it says nothing."""
    if name not in _HOLDERS or not attributes:
        return None
    names = _names(attributes)
    if not _REFERENCES.isdisjoint(names):
        return "references"
    return "abstract" if not _ABSTRACTS.isdisjoint(names) else None


def kind_of(name: str, attributes: dict[str, str]) -> PassageKind | None:
    """The kind of passage that an element makes of what it holds; None for one that makes none."""
    if name in _KINDS:
        return "footnote" if name == "li" and "doc-endnote" in attributes.get("role", "") else _KINDS[name]
    if not attributes:
        return None
    if name in _HOLDERS and not _NOTES.isdisjoint(_names(attributes)):
        return "footnote"
    if name == "p":
        return next(
            (_WORD_STYLES[style] for c in _classes(attributes) for style in _WORD_STYLES if c.startswith(style)), None
        )
    style = attributes.get("style", "")
    return "footnote" if name == "div" and re.search(r"mso-element\s*:\s*(?:footnote|endnote)\b", style) else None


def _classes(attributes: dict[str, str]) -> list[str]:
    return attributes.get("class", "").lower().split()


def _names(attributes: dict[str, str]) -> list[str]:
    return [*_classes(attributes), attributes.get("id", "").lower(), *attributes.get("role", "").lower().split()]
