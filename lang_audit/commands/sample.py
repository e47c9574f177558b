"""`lang-audit sample`: findings of a corpus run, drawn at random into a spreadsheet for people to validate."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "-n", "--size", type=click.IntRange(min=1), default=200, show_default=True, help="How many findings to draw."
)
@click.option(
    "--stratify",
    default="entry,usage",
    show_default=True,
    metavar="COLUMNS",
    help="What to stratify by, with commas: entry, usage, decision, severity, category, section, year, journal, country; none: "
    "a simple random sample.",
)
@click.option(
    "--decision",
    type=click.Choice(["flag", "query", "exempt", "all"]),
    default="all",
    show_default=True,
    help="Draw only findings with this decision.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="A number that draws the same sample again. Default: made up, and printed.",
)
@click.option(
    "--raters", type=click.IntRange(1, 2), default=1, show_default=True, help="Columns for one rater or for two."
)
@click.option("--blind", is_flag=True, help="Hide what the program decided; raters code decision and usage themselves.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("sample.xlsx"),
    show_default=True,
    help="The file to write: .xlsx or .csv.",
)
def sample(
    folder: Path,
    size: int,
    stratify: str,
    decision: Literal["flag", "query", "exempt", "all"],
    seed: int | None,
    raters: int,
    blind: bool,
    output: Path,
) -> None:
    """Draw findings of a corpus run (its folder, DIR) into a spreadsheet, for people to validate by hand.

    `lang-audit evaluate` reads the filled-in sheet back and gives precision with intervals.
    """
    from lang_audit.commands.extra import require

    require("corpus", "duckdb", "pyarrow")
    from lang_audit.corpus.dataset import open_dataset
    from lang_audit.corpus.hand_validation.sample import draw
    from lang_audit.corpus.hand_validation.sample_sheet import write_sheet

    names = [name.strip() for name in stratify.split(",") if name.strip()]
    key, shown = draw(
        open_dataset(folder),
        size,
        stratify=[] if names == ["none"] else names,
        decision=decision,
        seed=seed,
        raters=raters,
        blind=blind,
    )
    files = write_sheet(output, key, shown)
    drawn = len(key.rows)
    click.echo(
        f"{drawn:,} of {key.findings:,} findings drawn from {len(key.strata)} strat{'a' if len(key.strata) != 1 else 'um'}, seed "
        f"{key.seed}: {', '.join(map(str, files))}",
        err=True,
    )
    if key.combinations is not None and key.combinations > len(key.strata):
        merged = key.combinations - len(key.strata) + 1
        click.echo(
            f"Note: {merged:,} of the {key.combinations:,} strata are too small for {size:,} rows and are drawn as one; with "
            f"-n {key.combinations} or more, each has a row of its own.",
            err=True,
        )
    if drawn < size:
        click.echo(f"Note: {size:,} were asked for; the run has {drawn:,} such findings.", err=True)
    click.echo(f"When it is filled in: lang-audit evaluate {output}", err=True)
