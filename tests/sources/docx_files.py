"""Word files for tests, put together from raw XML so that nothing stands in them but what the test is about."""

from __future__ import annotations

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{_R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" mc:Ignorable="w14"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Ours"><w:name w:val="Section of ours"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="Sub"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Beschriftung"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="Quote"><w:name w:val="Quote"/></w:style>
<w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr>
</w:pPr></w:style>
<w:style w:type="character" w:styleId="Kommentarzeichen"><w:name w:val="annotation reference"/></w:style>
"""
_NOTE_MARK = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{0}Reference w:id="{1}"/></w:r>'


def r(words: str, properties: str = "") -> str:
    """A run."""
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{words}</w:t></w:r>'


def p(*content: str, style: str = "", properties: str = "") -> str:
    """A paragraph of runs; plain words become one."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inside = "".join(c if c.startswith("<") else r(c) for c in content)
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inside}</w:p>" if named or properties else f"<w:p>{inside}</w:p>"


def mark(kind: str) -> str:
    """A mark of a complex field: begin, separate, end."""
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def field(instruction: str, result: str) -> str:
    """A complex field."""
    told = f'<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
    shown = result if result.startswith("<") else r(result)
    return mark("begin") + told + mark("separate") + shown + mark("end")


def note_mark(kind: str, number: int) -> str:
    """The mark of a footnote or endnote."""
    return _NOTE_MARK.format(kind, number)


def notes(kind: str, *content: str) -> str:
    """The part that holds footnotes or endnotes, numbered from 1, after Word's two separators."""
    separators = "".join(f'<w:{kind} w:type="separator" w:id="{k}"><w:p/></w:{kind}>' for k in (-1, 0))
    held = "".join(f'<w:{kind} w:id="{k}">{c}</w:{kind}>' for k, c in enumerate(content, start=1))
    return f"{_HEAD}<w:{kind}s {_NAMESPACES}>{separators}{held}</w:{kind}s>"


def docx(*body: str, strict: bool = False, core: str = "", **parts: str) -> bytes:
    """A Word file with this body; `parts` are further parts by name ("footnotes", "comments") as whole XML."""
    content = f"{_HEAD}<w:document {_NAMESPACES}><w:body>{''.join(body)}<w:sectPr/></w:body></w:document>"
    parts = {"styles": f"{_HEAD}<w:styles {_NAMESPACES}>{STYLES}</w:styles>"} | parts
    relation = _R.replace("http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/") if strict else _R
    links = "".join(
        f'<Relationship Id="rId{k}" Type="{relation}/{name}" Target="{name}.xml"/>' for k, name in enumerate(parts, 1)
    )
    overrides = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{_MAIN}.{name}+xml"/>' for name in parts)
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{relation}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": content,
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        **{f"word/{name}.xml": xml for name, xml in parts.items()},
    }
    if core:
        members["docProps/core.xml"] = (
            f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/">{core}</cp:coreProperties>'
        )
    if strict:
        members = {name: xml.replace(W, STRICT) for name, xml in members.items()}
    return zipped(members)


def zipped(members: dict[str, str]) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, xml in members.items():
            written.writestr(name, xml)
    return out.getvalue()
