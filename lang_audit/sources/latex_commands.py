"""What LaTeX commands and environments do to the running text: one line each, so that adding one is adding a line.

A line is `names = arguments effect`. An argument is `*` (a star that may stand there), `[..]` `(..)` `<..>` (each may
stand there) or `{..}`; inside stands what becomes of its words:

    -           left out                          +           kept in the running text
    note        a footnote, after the paragraph   caption     a caption
    h1 .. h7    a heading of that level           quote       kept, between quotation marks
    block       a block quotation                 author, date, journal: metadata
    abstract, keywords, title ...                 a paragraph (title: heading) of that kind of section

The effect of a command is `gap` (what stands there holds no words: the words around it stay apart), `space`, `par` (ends the
paragraph), `row` and `head` (a table's), `sep` (parts keywords and authors), or text in quotation marks. That of an environment
is `drop` (no words in it), `raw` (nor any LaTeX), `inline` (part of the paragraph), `apart` (paragraphs of its own), `block`
(a quotation), `list`, `table`, `figure` (captions only), `float`, or a kind of section. What is not named here keeps its words.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Slot(NamedTuple):
    """One argument that a command takes: its opening bracket (or `*`), and what becomes of its words."""

    bracket: str
    use: str


class Spec(NamedTuple):
    """What a command or environment takes and does."""

    slots: tuple[Slot, ...] = ()
    effect: str = ""


_COMMANDS = r"""
part = *[-]{h1}
chapter = *[-]{h2}
section = *[-]{h3}
subsection = *[-]{h4}
subsubsection = *[-]{h5}
paragraph = *[-]{h6}
subparagraph = *[-]{h7}
parttitle = {h5}
addchap = *[-]{h2}
addsec = *[-]{h3}
bmhead = {h3}
frametitle = <->[-]{h4}
title = *[-]{title}
subtitle = {title}
author authors = *[-]{author}
date = {date}
journal = {journal}
abstract = {abstract}
keywords keyword = [-]{keywords}
kwd = {+} sep
sep = sep
and = sep
acks acknowledgments acknowledgements acknowledgment acknowledgement ack = *{acknowledgements}
funding = {funding}
footnote = [-]{note}
footnotetext = [-]{note}
endnote = [-]{note}
sidenote marginnote = [-]{note}[-]
footnotemark endnotemark = [-]
caption = *[-]{caption}
captionof = *{-}[-]{caption}
subcaption = *{caption}
subfloat subfigure subtable = [caption][-]{+}
blockquote = [-][-]{block}
blockcquote = [-][-]{-}[-]{block}
foreignblockquote = {-}[-][-]{block}
enquote = *{quote}
foreignquote = *{-}{quote}
textquote = *[-][-]{quote}
textcquote = *[-][-]{-}[-]{quote}
hyphenquote = *{-}{quote}

affiliation affil address institute institution institutions affiliations = *[-]{-}
email ead emailAdd orcid orcidID ORCID homepage thanks corref cortext fntext tnotetext tnoteref fnref inst = *[-]{-}
correspondingauthor corresp corrauth authornote authorrunning titlerunning shorttitle shortauthor shortauthors = *[-]{-}
runninghead runningheads markboth = {-}{-}
markright lhead chead rhead lfoot cfoot rfoot fancyhead fancyfoot toctitle tocauthor thispagestyle pagestyle = [-]{-}
collaboration altaffiliation preprint pacs dates received accepted revised published pubvolume = *[-]{-}
ccsdesc CCSXML copyrightyear acmYear acmDOI acmConference acmJournal acmISBN setcopyright = *[-]{-}
jyear artnum firstpage inits = {-}
dochead noteref = [-]{-}

label = {-} gap
refstepcounter stepcounter = {-}
hypertarget = {-}{+}
ref pageref eqref autoref nameref vref cref Cref cpageref namecref subref fullref labelcref = *{-} gap
crefrange Crefrange = *{-}{-} gap
zcref = *[-]{-} gap
cite = *[-][-]{-} gap
bibliography addbibresource bibliographystyle printbibliography nocite bibstyle biboptions = *[-]{-} gap
bibliographyunit = [-]
usepackage RequirePackage documentclass documentstyle PassOptionsToPackage LoadClass = [-]{-}[-]
includegraphics includesvg includepdf epsfig psfig graphicspath = *[-][-]{-} gap
vspace addvspace enlargethispage vskip = *{-}
hspace hskip = *{-} space
index glossary sindex nomenclature = *[-]{-} gap
url nolinkurl path doi orcidlink = {-} gap
href = [-]{-}{+}
hyperref = [-]{+}
hyperlink = {-}{+}
hypersetup pgfplotsset tikzset lstset sisetup captionsetup geometry setlist definecolor = *[-]{-}
color pagecolor rowcolor cellcolor columncolor = [-]{-}
todo missingfigure marginpar ndnote fxnote fxwarning fxerror fxfatal comment note = *[-]{-} gap
deleted sout st xout = [-]{-} gap
replaced = [-]{+}{-}
added = [-]{+}
textcolor = [-]{-}{+}
colorbox = [-]{-}{+}
fcolorbox = {-}{-}{+}
resizebox = *{-}{-}{+}
scalebox = {-}[-]{+}
rotatebox = [-]{-}{+}
raisebox = {-}[-][-]{+}
makebox framebox = (-)[-][-]{+}
parbox = [-][-][-]{-}{+}
phantom hphantom vphantom rule strut rput = [-]{-}
rule = [-]{-}{-}
foreignlanguage = [-]{-}{+}
selectlanguage = {-}
texorpdfstring = {+}{-}
ifthenelse = {-}{+}{+}
setcounter addtocounter setlength addtolength settowidth numberwithin counterwithin = {-}{-}
fontsize = {-}{-}
fontfamily fontseries fontshape linespread = {-}
addcontentsline = {-}{-}{-}
newtheorem = *{-}[-]{-}[-]
newcounter newlength newsavebox newif newenvironmentx = {-}[-]
newenvironment renewenvironment = *{-}[-][-]{-}{-}
setstretch = {-}
DeclareMathOperator DeclareUnicodeCharacter DeclareSIUnit = *[-]{-}{-}
titleformat = *{-}[-]{-}{-}{-}{-}[-]
titlespacing = *{-}{-}{-}{-}
bibitem = [-]{-} par
appendix =
textsuperscript textsubscript = {+}
glsadd glsreset glsunset = [-]{-}
glslink glsdisp = [-]{-}{+}
newblock =
SI qty = [-]{+}[-]{-} gap
num = [-]{+}
SIrange qtyrange = [-]{+}{+}{-} gap
numrange = [-]{+}{+}
SIlist qtylist = [-]{+}{-} gap
si unit = [-]{-} gap
ang = [-]{+}
ensuremath = {-} gap
multicolumn = {-}{-}{+}
multirow = [-]{-}[-]{-}[-]{+}
cmidrule = (-){-}
cline = {-}
specialrule = {-}{-}{-}
tabularnewline = row
hline toprule midrule bottomrule = (-)[-]
endhead endfoot endlastfoot arraybackslash = (-)
endfirsthead = head
cr = row
tnote = {-}
citestyle theoremstyle = {-}
citetext = {-} gap
lstinline = [-]{-} gap
mintinline = [-]{-}{-} gap
par newpage clearpage cleardoublepage pagebreak bigskip medskip smallskip parskip = par
newline linebreak = [-] space
quad qquad enspace thinspace hfill hfil space nobreakspace break = space
noindent indent centering raggedright raggedleft small footnotesize scriptsize tiny normalsize large Large LARGE huge Huge =
em it bf sl sc tt rm sf itshape bfseries mdseries slshape scshape ttfamily rmfamily sffamily upshape normalfont =
maketitle tableofcontents listoffigures listoftables frontmatter mainmatter backmatter makeatletter makeatother =
protect relax leavevmode ignorespaces unskip null phantomsection xspace allowbreak nolinebreak nopagebreak frenchspacing =
linenumbers doublespacing onehalfspacing singlespacing raggedbottom flushbottom twocolumn onecolumn fill vfill =
else = gap
fi iftrue or begingroup endgroup bgroup egroup sloppy fussy lipsum blindtext printglossaries makeglossaries =
"""

_SYMBOLS = r"""
ldots dots textellipsis dotsc = "…"
textendash = "–"
textemdash = "—"
textquoteleft lq = "‘"
textquoteright rq = "’"
textquotedblleft = "“"
textquotedblright = "”"
guillemotleft guillemetleft flqq = "«"
guillemotright guillemetright frqq = "»"
quotedblbase glqq = "„"
grqq = "“"
textquotesingle = "'"
textquotedbl = '"'
textasciitilde = "~"
textasciicircum = "^"
textbackslash = "\"
textunderscore = "_"
textless = "<"
textgreater = ">"
textbar = "|"
textbraceleft lbrace = "{"
textbraceright rbrace = "}"
textpercent = "%"
textdollar = "$"
texteuro euro = "€"
pounds textsterling = "£"
textdegree degree = "°"
textmu textmicro = "µ"
texttimes = "×"
textpm = "±"
textregistered = "®"
texttrademark = "™"
copyright textcopyright = "©"
textbullet = "•"
textperiodcentered = "·"
textonehalf = "½"
ackname = "Acknowledgements"
S = "§"
P = "¶"
dag textdagger = "†"
ddag textdaggerdbl = "‡"
slash = "/"
hyp = "-"
ss = "ß"
ae = "æ"
AE = "Æ"
oe = "œ"
OE = "Œ"
aa = "å"
AA = "Å"
o = "ø"
O = "Ø"
l = "ł"
L = "Ł"
i = "ı"
j = "ȷ"
dh = "ð"
DH = "Ð"
dj = "đ"
DJ = "Đ"
th = "þ"
TH = "Þ"
ng = "ŋ"
NG = "Ŋ"
LaTeX = "LaTeX"
TeX = "TeX"
"""

_ENVIRONMENTS = r"""
document letter =
abstract resumo = [-] abstract
keyword keywords IEEEkeywords = [-] keywords
acknowledgements acknowledgments acknowledgement acknowledgment acks ack = [-] acknowledgements
funding = funding
appendix appendices subappendices = appendix
thebibliography = [-]{-} references
CSLReferences = {-}{-} references
quote quotation displayquote quoting verse = [-] block
displaycquote = [-][-]{-} block
itemize enumerate description list compactitem compactenum inparaenum asparaenum itemize* enumerate* = [-] list
trivlist tasks = [-] list
figure sidewaysfigure SCfigure marginfigure = [-] figure
wrapfigure = [-]{-}[-]{-} figure
subfigure = [-][-][-]{-} inline
table sidewaystable margintable threeparttablex = [-] float
wraptable = [-]{-}[-]{-} float
subtable = [-][-][-]{-} inline
threeparttable ThreePartTable measuredfigure = [-] inline
tablenotes TableNotes = [-] list
tabular longtable supertabular xtabular tabu longtabu array mpsupertabular = [-]{-} table
tabular* tabularx tabulary xltabular tabularx* = {-}[-]{-} table
tblr longtblr talltblr = [-]{-} table
ltablex = {-} table
adjustbox = {-} inline
landscape = inline
minipage = [-][-][-]{-} inline
multicols = {-}[-] apart
spacing otherlanguage hyphenrules = {-} apart
otherlanguage* = [-]{-} apart
footnotesize small center flushleft flushright singlespace doublespace = apart
equation align gather multline eqnarray flalign alignat math displaymath dmath subequations IEEEeqnarray cases split = drop
tikzpicture pgfpicture picture algorithm algorithmic algorithm2e forest circuitikz axis pspicture = drop
verbatim Verbatim BVerbatim LVerbatim lstlisting minted comment filecontents CCSXML Sinput Soutput = raw
"""

# Letters that an accent command makes of the one after it, as the combining character that follows that letter.
ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
LIGATURES = {"--": "–", "---": "—", "``": "“", "''": "”", "`": "‘", "?`": "¿", "!`": "¡", "~": " "}
ESCAPED = {**dict.fromkeys("&%$#_{}", None), **dict.fromkeys(", ;:>\t\r\n", " "), "\\": "\n"}
INCLUDES = frozenset(
    ["input", "include", "subfile", "import", "subimport", "includefrom", "subincludefrom", "inputfrom",
     "subinputfrom", "InputIfFileExists", "loadglsentries"]
)  # fmt: skip
_CITES = re.compile(r"[A-Za-z]*[Cc]ite(?!text$|style$)[A-Za-z]*")
_SLOT = re.compile(r"(\*)|([\[({<])([^\])}>]*)[\])}>]")


def _table(lines: str) -> dict[str, Spec]:
    table: dict[str, Spec] = {}
    for line in lines.strip().splitlines():
        names, _, rest = line.partition(" =")
        rest = rest.strip()
        if rest[:1] in ("'", '"'):
            spec = Spec((), rest)
        else:
            arguments, _, effect = rest.rpartition(" ") if " " in rest else (
                (rest, "", "") if _SLOT.match(rest) else ("", "", rest)
            )  # fmt: skip
            slots = tuple(Slot(m[1] or m[2], m[3] or "") for m in _SLOT.finditer(arguments))
            spec = Spec(slots, effect)
        for name in names.split():
            table[name] = spec
    return table


COMMANDS = {**_table(_COMMANDS), **_table(_SYMBOLS)}
ENVIRONMENTS = _table(_ENVIRONMENTS)
_CITE = Spec((Slot("*", ""), Slot("(", "-"), Slot("(", "-"), Slot("[", "-"), Slot("[", "-"), Slot("{", "-")), "gap")
_CITES_MORE = Spec((Slot("[", "-"), Slot("[", "-"), Slot("{", "-")))


def command(name: str) -> Spec | None:
    """What a command does, None for one that is not known."""
    return COMMANDS.get(name) or (_CITE if _CITES.fullmatch(name) else None)


def repeated(name: str) -> Spec | None:
    """What a command may take over and over again (`\\cites{a}[12]{b}`), None for nearly all."""
    return _CITES_MORE if name.lower().endswith("cites") else None


def environment(name: str) -> Spec | None:
    """What an environment does, with or without a star at its end; None for one that is not known."""
    return ENVIRONMENTS.get(name) or ENVIRONMENTS.get(name.rstrip("*"))
