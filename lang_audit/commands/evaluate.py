"""`lang-audit evaluate`: how far the program agrees with people, on papers that they marked or on a sample that they judged."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lang_audit.corpus.hand_validation.precision import Agreement, Precision, Share
    from lang_audit.corpus.hand_validation.sample import Key
    from lang_audit.corpus.hand_validation.validation import Judged

_SHEETS = (".xlsx", ".csv")
_WIDTH = 100
_NAME = 44
_METHOD = (
    "Estimates and intervals: weighted by stratum, with the variance of a stratified sample and Wilson's interval at the "
    "effective sample size (Cochran 1977; Franco et al. 2019). In brackets: the rows as they are, with the plain Wilson interval."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--papers",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="With a gold file: where the papers are (default: beside it).",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With a sheet: the sample as it was drawn, where the sheet has lost its key (a workbook saved as CSV).",
)
@click.option("--show", type=int, default=20, show_default=True, help="How many disagreements, or entries, to print.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="With a sheet."
)
def evaluate(file: Path, papers: Path | None, key: Path | None, show: int, form: str) -> None:
    """Compare what lang-audit finds with what people say.

    FILE is a sheet that `lang-audit sample` drew and people filled in (.xlsx or .csv): precision with intervals, and the
    agreement of two raters. Or it is a gold file (JSON Lines): what people marked in whole papers.
    """
    if file.suffix.lower() in _SHEETS:
        if papers:
            raise click.UsageError("--papers goes with a gold file (JSON Lines).")
        _sheet(file, key, show, form)
        return
    if key or form != "text":
        raise click.UsageError("--key and --format go with a sheet of lang-audit sample (.xlsx or .csv).")
    from lang_audit.audit import audit_file
    from lang_audit.evaluate import evaluate as compare
    from lang_audit.evaluate import format_scores, load_gold

    marked = load_gold(file)
    folder = papers or file.parent
    records = [record for paper in marked for record in audit_file(folder / paper.source)]
    click.echo(format_scores(compare(marked, records), show))


def _sheet(file: Path, key: Path | None, show: int, form: str) -> None:
    from lang_audit.commands.extra import require

    require("corpus", "openpyxl", "pyarrow", "statsmodels")
    from lang_audit.corpus.hand_validation.precision import appraise_sample
    from lang_audit.corpus.hand_validation.validation import read_judged

    judged = read_judged(file, key)
    found = appraise_sample(judged)
    if form == "json":
        click.echo(json.dumps(_as_json(judged.key, found), ensure_ascii=False, indent=1, allow_nan=False))
        return
    for line in _lines(judged, found, show):
        click.echo(line)


def _lines(judged: Judged, found: Precision, show: int) -> Iterator[str]:
    key = judged.key
    left = found.drawn - found.judged - found.disputed
    yield (
        f"{found.judged:,} of {found.drawn:,} drawn findings are judged: {found.correct.total:,} yes or no, "
        f"{found.unclear:,} unclear"
        + (f"; {found.disputed:,} where two raters differ and nothing is agreed" if found.disputed else "")
        + (f"; {left:,} not yet" if left else "")
    )
    if not found.judged:
        yield (
            "Nothing is settled yet: fill in the columns (agreed)."
            if found.disputed
            else "Nothing is judged yet: fill in the sheet, save it, and give this command again."
        )
        return
    if found.disputed or found.usages_disputed:
        yield textwrap.fill(f"Warning: {unsettled(found)}", _WIDTH)
    if found.unjudged_strata:
        yield (
            f"Strata without a judged row: {found.unjudged_strata:,} of {len(key.strata):,}. The figures stand for "
            f"{found.covered:.0%} of the findings."
        )
    if not found.correct.total:
        return
    yield ""
    yield f"{'':<{_NAME}}{'estimate':>9}  {'95 % interval':<15} (judged)"
    yield _share_line("decisions that are right", found.correct)
    yield _share_line("usages that are right", found.usage)
    for title, group in (("by decision", found.by_decision), ("by usage", found.by_usage)):
        yield f"right decisions, {title}"
        for name, share in group.items():
            yield _share_line(f"  {name}", share)
    yield "right decisions, by entry" + (f" ({show} of {len(found.by_entry)})" if len(found.by_entry) > show else "")
    for name, share in list(found.by_entry.items())[:show]:
        yield _share_line(f"  {name}", share)
    yield ""
    yield textwrap.fill(_METHOD, _WIDTH)
    for what, agreement in (("answers", found.answers_agree), ("usages", found.usages_agree)):
        if agreement:
            yield ""
            yield f"Two raters, {what}: {_agreement(agreement)}"
    if found.wrong:
        yield ""
        yield f"Judged wrong: {len(found.wrong)}"
        for row in found.wrong[:show]:
            told = f"; {' '.join(row.note.split())}" if row.note else ""
            what = " ".join(row.sampled.term.split())
            yield f"  row {row.row}: {what} ({row.sampled.entry}, {row.sampled.usage}, {row.sampled.decision}){told}"
        if len(found.wrong) > show:
            yield f"  and {len(found.wrong) - show} more"
    yield ""
    sentence = methods_sentence(key, found)
    yield "For a methods section:" if sentence else "For a methods section: no sentence until all rows are settled."
    if sentence:
        yield textwrap.fill(sentence, _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _share_line(name: str, share: Share) -> str:
    if share.estimate is None or share.interval is None or share.simple is None:
        return f"{name:<{_NAME}}{'-':>9}"
    low, high = share.simple
    return (
        f"{name:<{_NAME}}{share.estimate:>9.1%}  {100 * share.interval.low:.1f} to {100 * share.interval.high:<8.1f} "
        f"({share.hits:,} of {share.total:,}, {100 * low:.1f} to {100 * high:.1f})"
    )


def _agreement(found: Agreement) -> str:
    if not found.both or found.interval is None:
        return "no row has both."
    told = f"{found.same:,} of {found.both:,} rows the same ({found.same / found.both:.1%}, {_percent(found.interval)})"
    if found.kappa is None:
        return f"{told}; Cohen's kappa is not defined, for both gave one and the same throughout."
    limits = f" ({found.kappa_interval.low:.2f} to {found.kappa_interval.high:.2f})" if found.kappa_interval else ""
    return f"{told}; Cohen's kappa {found.kappa:.2f}{limits}"


def _percent(interval: tuple[float, float]) -> str:
    return f"95 % interval {100 * interval[0]:.1f} to {100 * interval[1]:.1f}"


def unsettled(found: Precision) -> str:
    """What rows do to the figures on which two raters differ."""
    rows = [
        f"{n:,} row{'' if n == 1 else 's'} ({what})"
        for n, what in ((found.disputed, "answers"), (found.usages_disputed, "usages"))
        if n
    ]
    return (
        f"two raters differ on {' and '.join(rows)}, and nothing is agreed there. Such rows are in no share. They are the hard "
        "ones, so the shares are probably too high. Settle them in the columns (agreed); “unclear” is an answer too."
    )


def methods_sentence(key: Key, found: Precision) -> str | None:
    """What was done and found, as the methods and results of a paper can say it; None while two raters differ on rows and
    have not settled them, because precision without the hard rows flatters the program."""
    share = found.correct
    if found.disputed:
        return None
    if share.estimate is None or share.interval is None:
        return "No finding was judged."
    kind = {"flag": "flagged ", "query": "queried ", "exempt": "exempted ", "all": ""}[key.decision]
    how = f"stratified by {' and '.join(key.stratify)}" if key.stratify else "unstratified"
    blind = ", masked to the program's decisions" if key.blind else ""
    who = "two raters" if key.raters > 1 else "one rater"
    told = (
        f"We drew a random sample of {found.drawn:,} of the {key.findings:,} {kind}findings of lang-audit {key.version} ({how}; "
        f"seed {key.seed}), which {who} judged by hand{blind}. Of {found.judged:,} judged, {found.unclear:,} could not be "
        f"decided; of the other {share.total:,}, the program's decision was right in {share.hits:,}. Weighted by stratum, "
        f"precision was {share.estimate:.1%} ({_percent(share.interval)}; stratified estimator, Wilson interval at the effective "
        "sample size)."
    )
    if found.unjudged_strata:
        told += f" Strata without a judged finding are left out; the estimate stands for {found.covered:.0%} of the findings."
    if found.answers_agree and found.answers_agree.both:
        told += f" Agreement of the two raters: {_agreement(found.answers_agree)}".rstrip(".") + "."
    return told


def _as_json(key: Key, found: Precision) -> dict[str, Any]:
    def share(item: Share) -> dict[str, Any]:
        return {**item._asdict(), "simple_interval": item.simple}

    def group(items: dict[str, Share]) -> dict[str, Any]:
        return {name: share(item) for name, item in items.items()}

    return {
        "sample": key.model_dump(exclude={"rows", "strata"}),
        "drawn": found.drawn,
        "judged": found.judged,
        "unclear": found.unclear,
        "disputed": found.disputed,
        "usages_disputed": found.usages_disputed,
        "warning": unsettled(found) if found.disputed or found.usages_disputed else None,
        "covered": found.covered,
        "interval": "stratified estimator, Wilson at the effective sample size, 95 %; simple_interval: Wilson, unweighted",
        "decisions": share(found.correct),
        "usages": share(found.usage),
        "by_decision": group(found.by_decision),
        "by_usage": group(found.by_usage),
        "by_entry": group(found.by_entry),
        "answers_agree": found.answers_agree._asdict() if found.answers_agree else None,
        "usages_agree": found.usages_agree._asdict() if found.usages_agree else None,
        "wrong": [
            {
                "row": row.row,
                "id": row.sampled.id,
                "term": row.sampled.term,
                "entry": row.sampled.entry,
                "note": row.note,
            }
            for row in found.wrong
        ],
        "methods": methods_sentence(key, found),
    }
