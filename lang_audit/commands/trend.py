"""What `lang-audit corpus --trend` prints: the yearly table of the terms asked for, and the trend around a year."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from lang_audit.corpus.trends.segmented import Estimate, NotFitted, Segmented
    from lang_audit.corpus.trends.trend import Count, OutOf, Trend, Year

Form = Literal["text", "csv", "json"]
FORMS: tuple[Form, ...] = ("text", "csv", "json")
_CSV_COLUMNS = ("term", "year", "papers_audited", "out_of", "papers_using", "share", "low_95", "high_95", "uses")
_WORDS_SHOWN = 8
_TERMS_ACROSS = 2
_CELL = 36
_WIDTH = 100


def print_trend(
    folder: Path,
    terms: Sequence[str],
    *,
    break_year: int | None = None,
    guideline: str | None = None,
    form: Form = "text",
    out_of: OutOf = "audited",
    years: tuple[int | None, int | None] = (None, None),
) -> None:
    """Print the yearly table of `terms` in the finished run in `folder`; around `break_year`, or the year of `guideline`
    (a key of lexicons/sources.yaml), the segmented trend of each term too.

    Raises ConfigError for a folder without a finished run, a term that it did not count, a guideline without a year.
    """
    from lang_audit.commands.extra import require

    require("corpus", "duckdb", "pyarrow", "statsmodels")
    from lang_audit.corpus.dataset import open_dataset
    from lang_audit.corpus.trends.segmented import fit_segments
    from lang_audit.corpus.trends.trend import yearly

    if not terms:
        raise click.UsageError('--trend needs a term: lang-audit corpus --trend "injecting drug user" -o FOLDER.')
    if break_year is not None and guideline:
        raise click.UsageError("--break and --guideline both name a year: give one of them.")
    occasion = _guideline(guideline) if guideline else None
    at = occasion[0] if occasion else break_year
    trend = yearly(open_dataset(folder), terms, out_of, years)
    fits = [fit_segments(trend.series(k), at) for k in range(len(trend.terms))] if at is not None else []
    if form == "json":
        click.echo(json.dumps(_as_json(trend, fits, guideline), ensure_ascii=False, indent=1, allow_nan=False))
    elif form == "csv":
        click.echo(_as_csv(trend), nl=False)
        for line in _fit_lines(trend, fits, occasion[1] if occasion else None):
            click.echo(line, err=True)
    else:
        for line in (*_table_lines(trend), *_fit_lines(trend, fits, occasion[1] if occasion else None)):
            click.echo(line)
    for term in trend.terms:
        for note in term.notes:
            click.echo(f"Note: {note}", err=True)


def _guideline(key: str) -> tuple[int, str]:
    """The year of a guideline, and its name."""
    from lang_audit.errors import ConfigError
    from lang_audit.lexicon import load_lexicon, near

    sources = load_lexicon().sources
    if key not in sources:
        raise ConfigError(
            f"--guideline: {key!r} is no key of lexicons/sources.yaml (or give a year: --break 2017){near(key, sources)}"
        )
    source = sources[key]
    if source.year is None:
        raise ConfigError(
            f"--guideline: {key} has no single year ({source.years or 'none is known'}). Give one: --break 2017."
        )
    return source.year, f"{source.issuer}, {source.title} ({source.year})"


def _table_lines(trend: Trend) -> Iterator[str]:
    from lang_audit.corpus.trends.trend import OUT_OF

    yield f"Share: papers that use a term out of {OUT_OF[trend.out_of]}, with 95 % Wilson intervals."
    yield "Uses: in the authors' own voice only (lexicon terms that are flagged or queried; person-first references)."
    for term in trend.terms:
        words = list(dict.fromkeys([*(text.lower() for _, text in term.labels), *(t.lower() for t in term.references)]))
        shown = ", ".join(words[:_WORDS_SHOWN]) or "no use in this run"
        more = f" and {len(words) - _WORDS_SHOWN} more" if len(words) > _WORDS_SHOWN else ""
        of = f"; entry {', '.join(term.entries[:4])}{' ...' * (len(term.entries) > 4)}" if term.entries else ""
        yield _filled(f"“{term.asked}” ({term.kind}{of}): {shown}{more}", "  ")
    for first in range(0, len(trend.terms), _TERMS_ACROSS):
        yield ""
        yield from _rows_across(trend, range(first, min(first + _TERMS_ACROSS, len(trend.terms))))


def _rows_across(trend: Trend, terms: range) -> Iterator[str]:
    """The yearly table of some of the terms, as many as stand beside each other on a terminal."""
    asked = trend.out_of == "using"
    names = [f"“{trend.terms[k].asked}”" for k in terms]
    width = max(_CELL, *map(len, names))
    head = f"{'papers':>6} {'share':>6}  {'95 % interval':<13} {'uses':>6}"
    yield (f"{'':18}" + " " * 10 * asked + "".join(f"  {name:<{width}}" for name in names)).rstrip()
    yield (f"{'year':<10}{'papers':>8}" + f"{'any term':>10}" * asked + f"  {head:<{width}}" * len(names)).rstrip()
    for row in (*trend.years, *([trend.undated] if trend.undated.audited else []), trend.total):
        name = "total" if row is trend.total else "no year" if row is trend.undated else str(row.year)
        if not row.audited:
            yield f"{name:<10}{0:>8,}  no papers"
            continue
        cells = "".join(f"  {_cell(row.counts[k]):<{width}}" for k in terms)
        yield (f"{name:<10}{row.audited:>8,}" + f"{row.out_of:>10,}" * asked + cells).rstrip()


def _cell(count: Count) -> str:
    if count.share is None or count.interval is None:
        return f"{count.papers:>6,} {'-':>6}  {'':<13} {count.uses:>6,}"
    low, high = (f"{100 * end:.1f}" for end in count.interval)
    return f"{count.papers:>6,} {count.share:>6.1%}  {f'{low} to {high}':<13} {count.uses:>6,}"


def _fit_lines(trend: Trend, fits: Sequence[Segmented | NotFitted], occasion: str | None) -> Iterator[str]:
    from lang_audit.corpus.trends.segmented import NotFitted

    if not fits:
        return
    year = fits[0].break_year
    yield ""
    yield f"Trend around {year}" + (f", {occasion}" if occasion else "")
    yield _filled(
        f"Segmented regression of the yearly shares (binomial, logit link): a line before {year}, a step and another slope from "
        f"{year} on. Bernal et al. 2017, Int J Epidemiol 46:348-355.",
        "",
    )
    for term, fit in zip(trend.terms, fits, strict=True):
        before, after = fit.before, fit.after
        yield ""
        yield f"“{term.asked}”: {before.using:,} of {before.papers:,} papers in {before.years} years before, " + (
            f"{after.using:,} of {after.papers:,} in {after.years} years from {year} on"
        )
        if isinstance(fit, NotFitted):
            yield _filled(f"Not fitted: {fit.reason}", "    ", "  ")
            continue
        yield f"  {'':<34}{'odds ratio':>10}  {'95 % interval':<18}{'p':>8}"
        for name, estimate in (
            ("a year on, before", fit.yearly_before),
            (f"the step in {year}", fit.level),
            (f"a year on, from {year}", fit.yearly_after),
            ("slope after over slope before", fit.slope_change),
        ):
            yield f"  {name:<34}{_ratio(estimate.ratio):>10}  {_range(estimate):<18}{_p(estimate.p):>8}"
        yield _filled(_sentence(term.asked, fit), "  ", "  ")
        for warning in fit.warnings:
            yield _filled(f"Beware: {warning}", "    ", "  ")


def _filled(words: str, behind: str, first: str = "") -> str:
    return textwrap.fill(words, _WIDTH, initial_indent=first, subsequent_indent=behind, break_on_hyphens=False)


def _sentence(term: str, fit: Segmented) -> str:
    year = fit.break_year
    slope = fit.slope_change
    told = (
        "no change of slope can be told from chance" if slope.low <= 1 <= slope.high
        else "the slope turned upwards or fell less" if slope.ratio > 1 else "the slope turned downwards or rose less"
    )  # fmt: skip
    step = "no step" if fit.level.low <= 1 <= fit.level.high else "a step up" if fit.level.ratio > 1 else "a step down"
    return (
        f"In words: the odds that a paper uses “{term}” changed by a factor of {_ratio(fit.yearly_before.ratio)} a year before "
        f"{year} ({_range(fit.yearly_before)}) and of {_ratio(fit.yearly_after.ratio)} a year from then on "
        f"({_range(fit.yearly_after)}); {step} can be seen in {year}, and {told}. What else changed then is not ruled out."
    )


def _ratio(value: float) -> str:
    return f"{value:.2f}" if 0.01 <= value < 1000 else f"{value:.1e}"


def _range(estimate: Estimate) -> str:
    return f"{_ratio(estimate.low)} to {_ratio(estimate.high)}"


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _as_csv(trend: Trend) -> str:
    from lang_audit.report.safe_cells import harmless

    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for k, term in enumerate(trend.terms):
        for row in [*trend.years, *([trend.undated] if trend.undated.audited else [])]:
            count = row.counts[k]
            low, high = count.interval or ("", "")
            share = "" if count.share is None else count.share
            year = "" if row.year is None else row.year
            writer.writerow(
                [harmless(term.asked), year, row.audited, row.out_of, count.papers, share, low, high, count.uses]
            )
    return held.getvalue()


def _as_json(trend: Trend, fits: Sequence[Segmented | NotFitted], guideline: str | None) -> dict[str, Any]:
    from lang_audit.corpus.trends.trend import OUT_OF

    return {
        "out_of": OUT_OF[trend.out_of],
        "voice": "authors: lexicon terms that are flagged or queried, person-first references",
        "interval": "Wilson, 95 %",
        "terms": [
            {
                "term": term.asked,
                "read_as": term.kind,
                "entries": term.entries,
                "words": sorted({text for _, text in term.labels} | set(term.references)),
                "notes": term.notes,
                "years": [_row_json(row, k) for row in trend.years],
                "no_year": _row_json(trend.undated, k),
                "total": _row_json(trend.total, k),
                "trend": _fit_json(fits[k]) if fits else None,
            }
            for k, term in enumerate(trend.terms)
        ],
        "guideline": guideline,
    }


def _row_json(row: Year, term: int) -> dict[str, Any]:
    count = row.counts[term]
    return {
        "year": row.year,
        "papers_audited": row.audited,
        "out_of": row.out_of,
        "papers_using": count.papers,
        "share": count.share,
        "interval": count.interval,
        "uses": count.uses,
    }


def _fit_json(fit: Segmented | NotFitted) -> dict[str, Any]:
    from lang_audit.corpus.trends.segmented import NotFitted

    told = {"break_year": fit.break_year, "before": fit.before._asdict(), "after": fit.after._asdict()}
    if isinstance(fit, NotFitted):
        return {**told, "fitted": False, "reason": fit.reason}
    estimates = ("yearly_before", "level", "yearly_after", "slope_change")
    return {
        **told,
        "fitted": True,
        "odds_ratios": {name: _finite(getattr(fit, name)) for name in estimates},
        "dispersion": fit.dispersion,
        "degrees_of_freedom": fit.degrees_of_freedom,
        "durbin_watson": fit.durbin_watson,
        "shares": [{"year": year, "fitted": share, "without_change": other} for year, share, other in fit.fitted],
        "warnings": fit.warnings,
    }


def _finite(estimate: Estimate) -> dict[str, float | None]:
    """JSON knows no infinity: None where an end of an interval has none."""
    return {name: value if value < float("inf") else None for name, value in estimate._asdict().items()}
