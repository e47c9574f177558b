from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lang_audit.errors import UnreadableError
from lang_audit.model import Paper
from lang_audit.sources.latex import READER, included_files, read, recognises
from tests.sources.paper_shape import check_laws, kinds, passages


def one(folder: Path, tex: str, **files: str) -> Paper:
    """The paper of a main file; `files` are the others, `__` in their names a slash."""
    held: dict[str | None, str] = {name.replace("__", "/") + ".tex": text for name, text in files.items()}
    for name, text in held.items():
        (folder / str(name)).parent.mkdir(parents=True, exist_ok=True)
        (folder / str(name)).write_text(text, encoding="utf-8", newline="")
    main = folder / "main.tex"
    main.write_text(tex, encoding="utf-8", newline="")
    (paper,) = read(main)
    check_laws(paper)
    check_origins(paper, {None: tex, **held})
    return paper


def check_origins(paper: Paper, held: dict[str | None, str]) -> None:
    """Characters that have their own place are the file's own; every word has some place."""
    covered = set()
    for origin in paper.origins:
        covered.update(range(origin.start, origin.end))
        assert 0 <= origin.at <= origin.upto <= len(held[origin.part])
        if origin.end - origin.start == origin.upto - origin.at:
            read_ = paper.text[origin.start : origin.end]
            written = held[origin.part][origin.at : origin.upto]
            assert all(a == b or a.isspace() for a, b in zip(read_, written, strict=True))
    assert all(k in covered or paper.text[k].isspace() for k in range(len(paper.text)))


def words(folder: Path, tex: str) -> str:
    paper = one(folder, tex)
    assert not paper.problems
    return paper.text


def codes(paper: Paper) -> list[str]:
    return [problem.code for problem in paper.problems]


ARTICLE = r"""% lang-audit: made up for a test
\documentclass[11pt]{article}
\usepackage{siunitx,subcaption}
\newcommand{\pwid}{people who inject drugs}
\newacronym{oat}{OAT}{opioid agonist therapy}
\title{Peer work with \pwid{}: a caf\'e study\thanks{Paid by a made-up fund.}}
\author{Ana D\'iaz$^1$\thanks{a@b.example} \and Ole L\o v\aa s\\ University of Nowhere}
\date{May 2021}
\begin{document}
\maketitle
\begin{abstract}
We asked \pwid{}~\cite[see][p.~3]{key}. % a comment
It was ``good''.
\end{abstract}

Words without a heading.

\section[Intro]{Introduction}\label{sec:i}
Drug user{}s and \emph{people who} use drugs \citep{a,b}. First \gls{oat}, then
\Glspl{oat}.\footnote{A note on \emph{words}.} Goes on
\begin{figure}[ht]\centering\includegraphics[width=3cm]{f.png} dropped
\begin{subfigure}{0.4\textwidth}\caption{Left part.}\end{subfigure}
\caption[short]{A figure of \textit{places}.}\label{f}\end{figure}
after the float with \SI{5}{\milli\gram}.

\section*{Methods}
\begin{itemize}
\item First
\item[Two] second \begin{enumerate}\item nested\end{enumerate}
\end{itemize}
\begin{quote}They call us names.\end{quote}
\begin{table}\caption{Table of people}
\resizebox{\textwidth}{!}{\begin{tabular}{l|r} \toprule
Group & \multicolumn{1}{c}{N \cite{a}} \\ \midrule
Peers\textsuperscript{a} & 5 \\[2pt]
Others & \textbf{6} \\ \bottomrule
\end{tabular}}
\footnotesize Note: made up.
\end{table}
\section*{Acknowledgements}
We thank all.
\appendix
\section{Topic guide}
Questions asked.
\begin{thebibliography}{9}
\bibitem{a} Doe J. \newblock Words. 2001.
\bibitem[Roe(2002)]{b} Roe R. More words.
\end{thebibliography}
\end{document}
after the end }
"""


def test_an_article_from_title_to_references(tmp_path: Path) -> None:
    paper = one(tmp_path, ARTICLE)
    assert not paper.problems
    assert passages(paper) == [
        ("title", "heading", "Peer work with people who inject drugs: a café study"),
        ("abstract", "paragraph", "We asked people who inject drugs. It was “good”."),
        ("other", "paragraph", "Words without a heading."),
        ("introduction", "heading", "Introduction"),
        (
            "introduction",
            "paragraph",
            "Drug users and people who use drugs. First opioid agonist therapy (OAT), then OATs. Goes on after the float with 5.",
        ),
        ("introduction", "footnote", "A note on words."),
        ("caption", "caption", "Left part."),
        ("caption", "caption", "A figure of places."),
        ("methods", "heading", "Methods"),
        ("methods", "list-item", "First"),
        ("methods", "list-item", "Two second"),
        ("methods", "list-item", "nested"),
        ("methods", "block-quote", "They call us names."),
        ("caption", "caption", "Table of people"),
        ("table", "table", "Group | N\nPeers | 5\nOthers | 6"),
        ("methods", "footnote", "Note: made up."),
        ("acknowledgements", "heading", "Acknowledgements"),
        ("acknowledgements", "paragraph", "We thank all."),
        ("appendix", "heading", "Topic guide"),
        ("appendix", "paragraph", "Questions asked."),
        ("references", "reference", "Doe J. Words. 2001."),
        ("references", "reference", "Roe R. More words."),
    ]
    assert paper.metadata.title == "Peer work with people who inject drugs: a café study"
    assert paper.metadata.authors == ("Ana Díaz", "Ole Løvås")
    assert paper.metadata.year == 2021


@pytest.mark.parametrize(
    ("front", "title", "authors", "keywords", "abstract"),
    [
        pytest.param(
            r"""\documentclass{elsarticle}\journal{Made-up Studies}\begin{document}\begin{frontmatter}
\title{Peers at work\tnoteref{t}}\tnotetext[t]{x}\author[a]{Ana Silva\corref{c}}\ead{a@b.c}\author[b]{Bo Lind}
\address[a]{Nowhere}\cortext[c]{x}\begin{abstract}We asked.\end{abstract}
\begin{keyword} peers \sep trust \end{keyword}\end{frontmatter}""",
            "Peers at work", ("Ana Silva", "Bo Lind"), "peers; trust", ["We asked."],
            id="elsarticle",
        ),
        pytest.param(
            r"""\documentclass{bmcart}\begin{document}\begin{frontmatter}\begin{fmbox}\dochead{Research}
\title{Peers at work}\author[
  addressref={aff1}, email={a@b.c}
]{\inits{A.}\fnm{Ana} \snm{Silva}}
\address[id=aff1]{\orgname{Uni}}\end{fmbox}\begin{abstractbox}\begin{abstract}\parttitle{Background} Why.
\parttitle{Methods} How.\end{abstract}\begin{keyword}\kwd{peers}
\kwd{trust}\end{keyword}\end{abstractbox}\end{frontmatter}""",
            "Peers at work", ("Ana Silva",), "peers; trust", ["Background", "Why.", "Methods", "How."],
            id="bmcart",
        ),
        pytest.param(
            r"""\documentclass{revtex4-2}\begin{document}\title{Peers at work}\author{Ana Silva}\email{a@b}
\affiliation{Nowhere}\author{Bo Lind}\altaffiliation[Also at ]{X}\date{\today}\begin{abstract}We asked.\end{abstract}
\keywords{peers, trust}\maketitle""",
            "Peers at work", ("Ana Silva", "Bo Lind"), "peers, trust", ["We asked."],
            id="revtex",
        ),
        pytest.param(
            r"""\documentclass{llncs}\begin{document}\title{Peers at work}\titlerunning{Peers}
\author{Ana Silva\inst{1}\orcidID{0000} \and Bo Lind\inst{2}}\authorrunning{A. Silva}\institute{Uni \and Other}\maketitle
\begin{abstract}We asked. \keywords{Peers \and Trust}\end{abstract}""",
            "Peers at work", ("Ana Silva", "Bo Lind"), "Peers; Trust", ["We asked."],
            id="llncs",
        ),
        pytest.param(
            r"""\documentclass{mdpi}\Title{x}\title{Peers at work}\author{Ana Silva $^{1}$, Bo Lind $^{2,*}$ and Cy Ng}
\abstract{We asked.}\keyword{peers; trust}\begin{document}""",
            "Peers at work", ("Ana Silva", "Bo Lind", "Cy Ng"), "peers; trust", ["We asked."],
            id="in-the-preamble",
        ),
    ],
)  # fmt: skip
def test_front_matter_of_journal_classes(
    tmp_path: Path, front: str, title: str, authors: tuple[str, ...], keywords: str, abstract: list[str]
) -> None:
    paper = one(tmp_path, front + "\n\\section{Introduction}\nBody.\n\\end{document}")
    assert not paper.problems
    assert paper.metadata.title == title
    assert paper.metadata.authors == authors
    shown = [(section, said) for section, _, said in passages(paper)]
    assert shown[0] == ("title", title)
    assert [said for section, said in shown if section == "abstract"] == abstract
    assert [said for section, said in shown if section == "keywords"] == [keywords]
    assert shown[-2:] == [("introduction", "Introduction"), ("introduction", "Body.")]
    assert len(shown) == 4 + len(abstract)


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"drug\-user drug user{}s {\em the} \textbf{peo}ple", "druguser drug users the people"),
        (r"na\"{\i}ve fa\c cade \v{s} Erd\H{o}s stra\ss e \o re \'Eric \^\i le", "naïve façade š Erdős straße øre Éric île"),
        ("a -- b --- c ~ d ``e'' `f' user's ?`g", "a – b — c d “e” ‘f' user's ¿g"),
        (r"A\&B 5\% \$3 \#1 a\_b \{x\} 5\,mg\ x \dots{} y\slash z", "A&B 5% $3 #1 a_b {x} 5 mg x … y/z"),
        (r"users \cite{a}. users~\citep[e.g.][]{a}, x\parencites(s)(t)[1]{a}[2]{b}.", "users. users, x."),
        (r"users (\cite{a}; \cite{b}) were (see \citet{c}) there", "users were (see) there"),
        (r"Table~\ref{t}; \cref{a,b} one\index{one} two\label{x}.", "Table; one two."),
        (r"in $n=3$ sites, $x$. CD4$^+$ cells; \(y\) z \[ a \] b", "in sites,. CD4 cells; z b"),
        ("one\\begin{align*} x &= y \\\\ \\end{align*}two", "one two"),
        ("word% comment\njoined, next % more\n% another\nline", "wordjoined, next line"),
        ("one % comment\n\ntwo", "one\n\ntwo"),
        ("one\\par two\\\\three\\newline four\n \t\n five", "one\n\ntwo three four\n\nfive"),
        ("one\r\ntwo\r\n\r\nthree", "one two\n\nthree"),
        (r"a \iffalse b \ifx\a\b c\fi d \fi e \iffalse f \else g \fi h", "a e g h"),
        ("a \\begin{comment} b { \\end{comment} c \\verb|{x}| d", "a c d"),
        ("\\begin{lstlisting}[x]\n{ \\section{no} \n\\end{lstlisting}\nafter", "after"),
        (r"\href{http://a.b/c%20d}{a link}, \url{http://x.y/%7Efoo} end", "a link, end"),
        (r"\unknown[opt]{kept}{words} here\unknowntoo{} and \other this", "kept words here and this"),
        (r"\enquote{outer \enquote{inner} word} \textcquote[12]{key}{said}", "“outer ‘inner’ word” “said”"),
        (r"\textcolor{red}{shown} \todo[inline]{not} \hl{and} \replaced{new}{old} \sout{gone} end", "shown and new end"),
        (r"\num{1000} people, \SIrange{1}{2}{\mg} and 19\textsuperscript{th} c.\textsuperscript{1,2}",
         "1000 people, 1 2 and 19th c."),
        (r"\let\old\section \renewcommand{\baselinestretch}{2} \setlength{\parindent}{0pt}text", "text"),
        (r"\newcommand{\gone}[1]{}\newcommand{\sect}[1]{\section{#1}}a\gone{x} b\sect{Methods}c", "a b\n\nMethods\n\nc"),
        (r"\newcommand\idu{IDU\xspace}\def\p{people}\idu members, \p{} \idu.", "IDU members, people IDU."),
        (r"\begin{mybox}[x]{A title}{more}text\end{mybox}rest \lstinline!{x!, \citetext{see \citealp{x}} end",
         "A title more text\n\nrest, end"),
        ("\\hypertarget{m}{%\n\\section{Methods}\\label{m}}\nWe asked.", "Methods\n\nWe asked."),
        (r"\newglossaryentry{g}{name={gate},description={x}}\DeclareAcronym{i}{short=IDU,long=injecting drug user}"
         r"\Acp{i}, \acs{i}, \gls{g}[s], \acrlong{i} and \gls{none}.",
         "Injecting drug users (IDUs), IDU, gates, injecting drug user and none."),
        (r"\section {Spaced} \paragraph{Run in.} text \subsubsection*{Deep}", "Spaced\n\nRun in.\n\ntext\n\nDeep"),
    ],
)  # fmt: skip
def test_running_text_is_what_the_reader_of_the_pdf_reads(tmp_path: Path, tex: str, plain: str) -> None:
    assert words(tmp_path, tex) == plain


def test_words_keep_their_places_and_replaced_words_have_only_the_whole(tmp_path: Path) -> None:
    tex = "\\newcommand{\\pwid}{people}Caf\\'e \\emph{addicts} and drug\\-users, \\pwid."
    paper = one(tmp_path, tex)

    def places(said: str) -> list[str]:
        start = paper.text.index(said)
        return [tex[o.at : o.upto] for o in paper.origins_of(start, start + len(said))]

    assert places("addicts") == ["addicts"]
    assert places("drugusers") == ["drug", "users"]
    assert places("Café") == ["Caf", "\\'e"]
    assert places("people") == ["\\pwid"]


def test_words_as_long_as_what_they_stand_for_never_pass_for_it(tmp_path: Path) -> None:
    tex = r"\newcommand{\pwid}{PWIDs}\newacronym{x}{abcdef}{ghijklm}\newcommand{\ab}{xyz}Of \pwid, \acs{x}, \ab."
    paper = one(tmp_path, tex)  # its laws are checked there
    assert paper.text == "Of PWIDs, abcdef, xyz."
    for said in ("PWIDs", "xyz"):
        start = paper.text.index(said)
        assert all(o.end - o.start != o.upto - o.at for o in paper.origins_of(start, start + len(said)))


def test_a_manuscript_of_many_files(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        r"""\documentclass{article}\input{preamble}\begin{document}
\input{sections/intro} \include{sections/methods.tex}
\subfile{sections/sub}\import{sections/}{results}
\end{document}""",
        preamble=r"\newcommand{\pwud}{people who use drugs} not text",
        sections__intro="\\section{Introduction}\nOf \\pwud{}.",
        sections__methods="\\section{Methods}\nWe asked. \\input{sections/methods}",
        sections__sub="\\documentclass[../main]{subfiles}\\begin{document}Sub text.\\end{document} gone",
        sections__results="\\section{Results}\nDone. \\subimport{deep/}{x}",
        sections__deep__x="Deep.",
    )
    assert [said for _, _, said in passages(paper)] == [
        "Introduction", "Of people who use drugs.", "Methods", "We asked.", "Sub text.", "Results", "Done.", "Deep.",
    ]  # fmt: skip
    assert kinds(paper)[0] == ("introduction", "Introduction")
    (deep,) = paper.origins_of(len(paper.text) - 5, len(paper.text))
    assert (deep.part, deep.at) == ("sections/deep/x.tex", 0)
    assert codes(paper) == ["include-cycle"]
    assert [p.relative_to(tmp_path.resolve()).as_posix() for p in included_files(tmp_path / "main.tex")] == [
        "preamble.tex", "sections/intro.tex", "sections/methods.tex", "sections/sub.tex", "sections/results.tex",
        "sections/deep/x.tex",
    ]  # fmt: skip


def test_files_outside_of_the_folder_and_missing_ones_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("secret words")
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    (folder / "bytes.tex").write_bytes(b"\0\1\2" * 100)
    tex = r"Text. \input{../secret}\input{link}\input{/etc/hostname}\input{not-there}\input main \input{bytes}"
    paper = one(folder, tex)
    assert paper.text == "Text."
    assert codes(paper) == ["include-outside"] * 3 + ["include-missing", "include-cycle", "include-unreadable"]
    assert all(problem.message.startswith("Line 1 ") and problem.remedy for problem in paper.problems)
    assert included_files(folder / "main.tex") == []


def test_includeonly_and_files_read_once(tmp_path: Path) -> None:
    tex = "\\documentclass{x}\\includeonly{b}\\begin{document}Text. \\include{a}\\include{b}\\input{b}\\end{document}"
    paper = one(tmp_path, tex, a="A words.", b="B words.")
    assert paper.text == "Text.\n\nB words."
    assert not paper.problems


def test_longtables_do_not_show_their_head_twice(tmp_path: Path) -> None:
    tex = r"""\begin{longtable}{p{3cm}|l}\caption{Terms}\label{t}\\ \hline Term & Use \\ \hline \endfirsthead
Term & Use \\ \endhead One & 3 \\ Two
lines & \\ \end{longtable}"""
    paper = one(tmp_path, tex)
    assert [(kind, said) for _, kind, said in passages(paper)] == [
        ("caption", "Terms"),
        ("table", "Term | Use\nOne | 3\nTwo lines |"),
    ]


@pytest.mark.parametrize(
    ("tex", "line", "said"),
    [
        ("Fine.\n\nThe \\emph{open brace.\n\nMore.", 3, "The open brace."),
        ("Fine.\nA stray } brace.\n", 2, "Fine. A stray brace."),
        ("Costs $5 only.\n\nNext.", 1, "Costs 5 only."),
        ("\\section{Methods\nText here.\n\nMore.", 1, "Methods"),
        ("One.\n\n\\begin{quote} Two.", 3, "Two."),
        ("One. \\end{quote} Two.", 1, "One. Two."),
        ("\\begin{equation} a words", 1, "a words"),
        ("\\[ a words\n\nMore.", 1, "a words"),
        ("One \\iffalse two", 1, "One two"),
        ("Text\\footnote{A note\n\nMore.", 1, "A note"),
    ],
)
def test_broken_latex_is_read_and_told(tmp_path: Path, tex: str, line: int, said: str) -> None:
    paper = one(tmp_path, tex)
    assert codes(paper) == ["malformed-latex"]
    assert f"line {line}: " in paper.problems[0].message
    assert said in paper.text.split("\n\n")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b" \n\n", "empty-file"),
        (b"\0\1\2\3" * 50, "binary-file"),
        (b"\\documentclass{x}\\begin{document}$x$\\end{document}", "no-text"),
        (b"} { }", "malformed-latex"),
    ],
)
def test_files_without_words_say_so(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "paper.tex"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as raised:
        list(read(path))
    assert raised.value.code == code
    assert raised.value.remedy


def test_old_encodings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.tex"
    path.write_bytes("Un café.".encode("latin-1"))
    (paper,) = read(path)
    assert paper.text == "Un café."
    assert codes(paper) == ["not-utf8"]


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (b"\\documentclass{article}", True),
        (b"% comment\n\n\\RequirePackage{x}\n  \\documentclass[a]{b}", True),
        (b"\\documentstyle{article}", True),
        (b"\\input{x} \\begin{document}", True),
        ("\\documentclass{x}".encode("utf-16"), True),
        (b"% \\documentclass{article}\nwords", False),
        (b"# Manual\n\n\\documentclass{x} comes first", False),
        (b"%PDF-1.7 \\begin", False),
    ],
)
def test_manuscripts_are_recognised(head: bytes, known: bool) -> None:
    assert recognises(head) is known
    assert READER.name == "latex"


@pytest.mark.parametrize(
    "tex",
    ["{" * 20000 + "x" + "}" * 20000, "x\\footnote{" * 3000 + "y" + "}" * 3000, "a \\item[ \\foo[" * 3000,
     "\\emph{" * 5000 + "x", "\\begin{quote}" * 3000 + "x", "\\begin{equation}" * 3000 + "x", "x" + "\n" * 50000 + "y",
     "\\def\\a{xx}" + "".join(f"\\def\\{b}{{\\{a}\\{a}}}" for a, b in zip("abcdefghjk", "bcdefghjkm", strict=True)) + "x"],
)  # fmt: skip
def test_hostile_files_take_no_longer_than_their_length(tmp_path: Path, tex: str) -> None:
    begun = time.perf_counter()
    assert one(tmp_path, tex).text
    assert time.perf_counter() - begun < 3


# Parts of sentences as an author writes them and as a reader of the PDF reads them; blanks around them are the test's.
PARTS = [
    ("people who use drugs",) * 2, ("\\emph{people} who", "people who"), ("caf\\'e", "café"), ("drug\\-user", "druguser"),
    ("\\textbf{\\textit{very}} old", "very old"), ("one~two", "one two"), ("10--20", "10–20"), ("``so''", "“so”"),
    ("{\\em odd} one", "odd one"), ("word\\cite[p.~2]{k}", "word"), ("word~\\citep{k,l}", "word"), ("\\pw{} here", "people here"),
    ("mid\\footnote{}dle", "mid dle"), ("a $x_{1}$ b", "a b"), ("R\\&D", "R&D"), ("line\\\\next", "line next"),
    ("x % said\n y", "x y"), ("\\foo[a]{kept}", "kept"), ("\\enquote{hm}", "“hm”"), ("\\todo{no}yes", "yes"),
    ("5\\,mg", "5 mg"), ("\\textcolor{red}{red}", "red"), ("user{}s", "users"), ("\\v{s}um", "šum"), ("new\nline", "new line"),
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=8), min_size=1, max_size=4))
def test_any_paragraphs_read_as_they_are_printed(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[list[tuple[str, str]]]
) -> None:
    tex = "\\newcommand{\\pw}{people}\n" + "\n\n".join(" ".join(latex for latex, _ in part) + "." for part in drawn)
    plain = "\n\n".join(" ".join(said for _, said in part) + "." for part in drawn)
    assert words(tmp_path_factory.mktemp("tex"), tex) == plain


SOUP = [
    "\\", "{", "}", "[", "]", "$", "%", "\n", "\n\n", " ", "&", "~", "a", "word", "`", "'", "--", "\\\\", "\\'", "\\item",
    "\\begin{", "\\end{", "tabular}", "quote}", "figure}", "equation}", "document}", "\\footnote", "\\section", "\\cite", "(",
    "\\a", "\\def\\a", "\\newcommand", "\\iffalse", "\\fi", "\\verb|", "\\title", "\\author", "\\enquote", "\\caption", "\\c",
    "\\input", "\\foo", ")", "\\href", "\\multicolumn", "\\appendix", "\\and", "\\newacronym", "\r\n", "é", "*",
    "\\textsuperscript", "\\gls",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SOUP), max_size=40).map("".join))
def test_no_file_makes_the_reader_fail(tmp_path_factory: pytest.TempPathFactory, tex: str) -> None:
    try:
        one(tmp_path_factory.mktemp("soup"), "words " + tex)
    except UnreadableError as error:
        assert error.code in ("no-text", "malformed-latex")


def test_line_ends_make_no_difference(tmp_path: Path) -> None:
    assert one(tmp_path, ARTICLE.replace("\n", "\r\n")).text == one(tmp_path, ARTICLE).text
    assert one(tmp_path, ARTICLE.replace("\n", "\r")).text == one(tmp_path, ARTICLE).text
