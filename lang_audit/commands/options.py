"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

PROFILE: Final = click.option(
    "--profile", help="Which terms are raised, and how: default, strict, or a published audit to repeat."
)
RULE: Final = click.option(
    "--rule",
    type=click.Choice(["majority", "strict", "any-term"]),
    help="How a paper is judged: by its share of person-first references, by its first flagged label of people, or by its "
    "first flagged term. Default: the rule of the profile.",
)
LEXICONS: Final = click.option(
    "--lexicon",
    "lexicons",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A file with terms of your own, which add to the lexicon or override its entries. May be given twice.",
)
