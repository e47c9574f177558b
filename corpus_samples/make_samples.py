"""Write the sample papers and their gold again: `python corpus_samples/make_samples.py [FOLDER]`; default: this folder.

Eight fabricated papers (`papers/*.yaml`) are written as PDF, JATS XML and plain text, and two of them as manuscripts into
`manuscript_samples/` and a literature into `literature_samples/` beside this folder (not where a FOLDER is named); the same
content gives the same bytes. Needs reportlab, a development dependency; reading the samples needs nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sample_content import SamplePaper, load_papers
from sample_jats import jats_of
from sample_literature import write_literature
from sample_manuscripts import write_manuscripts
from sample_pdf import write_pdf
from sample_text import text_of

HERE = Path(__file__).parent
MANUSCRIPTS = HERE.parent / "manuscript_samples"
LITERATURE = HERE.parent / "literature_samples"


def write(paper: SamplePaper, form: str, path: Path) -> None:
    """Write one paper in one format."""
    if form == "pdf":
        write_pdf(paper, path)
    else:
        text = jats_of(paper) if form == "xml" else text_of(paper)
        path.write_text(text, encoding="utf-8", newline="\n")


def main(folder: Path) -> None:
    """Write every file, and `gold.jsonl` with a line for each."""
    folder.mkdir(parents=True, exist_ok=True)
    gold = []
    for paper in load_papers():
        for form in paper.formats:
            name = f"{paper.id}.{form}"
            write(paper, form, folder / name)
            gold.append(json.dumps(paper.gold(name), ensure_ascii=False))
    (folder / "gold.jsonl").write_text("\n".join(gold) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
    if len(sys.argv) == 1:
        write_manuscripts(load_papers(), MANUSCRIPTS)
        write_literature(LITERATURE)
