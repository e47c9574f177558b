"""The same paper in six formats: what is found in it must not depend on the program that it was written with."""

import functools
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lang_audit.audit import audit_paper
from lang_audit.evaluate import fold
from lang_audit.settings import load_settings
from lang_audit.sources import docx, html, jats, latex, markdown, text
from tests.sources.paper_shape import check_laws

ROOT = Path(__file__).parent.parent
MANUSCRIPTS = ROOT / "manuscript_samples"
NAMES = ("language-review", "peer-outreach")
READERS = {
    r.suffixes[0]: r for r in (docx.READER, html.READER, jats.READER, latex.READER, markdown.READER, text.READER)
}
FORMS = (".md", ".html", ".tex", ".docx", ".xml")


def place_of(name, form):
    return (MANUSCRIPTS if form in (".md", ".html", ".tex", ".docx") else ROOT / "corpus_samples") / (name + form)


@functools.cache
def appraised(name, form):
    (paper,) = READERS[form].read(place_of(name, form))
    check_laws(paper)
    return audit_paper(paper, settings=load_settings(codebooks=["none"])).appraisal


def findings(name, form):
    return [(f.entry, fold(f.text), f.usage, f.decision) for f in appraised(name, form).findings]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_the_same_paper_gives_the_same_findings_in_every_format(name, form):
    assert findings(name, form) == findings(name, ".txt")
    assert len(findings(name, form)) > 15


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_and_the_same_people_and_verdict(name, form):
    here, text_ = appraised(name, form), appraised(name, ".txt")
    assert [fold(p.text) for p in here.person_first] == [fold(p.text) for p in text_.person_first]
    assert here.verdict == text_.verdict


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_the_sections_are_the_same(name, form):
    def order(of):
        """The kinds of sections that hold prose, each where it first stands, without what formats have in front."""
        kinds = (s.kind for s in appraised(name, of).paper.sections)
        return [kind for kind in dict.fromkeys(kinds) if kind not in ("other", "funding")]

    assert order(form) == order(".txt")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", [".md", ".html", ".tex"])
def test_every_finding_is_found_again_in_the_file(name, form):
    """The place that is given for a finding holds its words, or, between marks, the words' characters in order."""
    source = place_of(name, form).read_text(encoding="utf-8")
    appraisal = appraised(name, form)
    for finding in appraisal.findings:
        there = "".join(source[o.at : o.upto] for o in appraisal.paper.origins_of(finding.start, finding.end))
        assert fold(there) == fold(finding.text)


@pytest.mark.parametrize("path", sorted(MANUSCRIPTS.iterdir()), ids=lambda path: path.name)
def test_every_manuscript_says_that_it_is_fabricated(path):
    (paper,) = READERS[path.suffix].read(path)
    assert " ".join(paper.text.split()).count("abricated sample: no such") >= 2


def test_writing_the_manuscripts_again_gives_the_same_bytes(tmp_path):
    code = (
        "import sys; from pathlib import Path; from sample_content import load_papers; import sample_manuscripts as s; "
        + ("s.write_manuscripts(load_papers(), Path(sys.argv[1]))")
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], cwd=ROOT / "corpus_samples", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in MANUSCRIPTS.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    changed = [name for name in names if _content(tmp_path / name) != _content(MANUSCRIPTS / name)]
    assert not changed, f"run corpus_samples/make_samples.py: {changed}"


def _content(path):
    """The bytes of a file; of a packed one its members with their dates, as another zlib packs them differently."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as packed:
        return [(member.filename, member.date_time, packed.read(member)) for member in packed.infolist()]
