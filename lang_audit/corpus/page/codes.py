"""The codes of a corpus run: how many audited papers hold evidence for each code of its codebooks, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from lang_audit.codebook import Codebook

if TYPE_CHECKING:
    import duckdb

FILE: Final = "codes"


class Coded(NamedTuple):
    """A code of a codebook over all audited papers.

    `papers` hold evidence for it, in `mentions` places; `reported`, `aimed` and `background` are those papers by their
    strongest evidence and add up to `papers`.
    """

    codebook: str
    dimension: str
    code: str
    papers: int = 0
    mentions: int = 0
    reported: int = 0
    aimed: int = 0
    background: int = 0


def count_codes(connection: duckdb.DuckDBPyConnection) -> tuple[tuple[Coded, ...], dict[str, int]]:
    """The codes that were given, and for each codebook the papers that hold any code of it."""
    rows = connection.execute(
        """
        WITH of_paper AS (
            SELECT codebook, dimension, code, paper, count(*) AS mentions,
                min(CASE strength WHEN 'reported' THEN 1 WHEN 'aimed' THEN 2 ELSE 3 END) AS best
            FROM codes SEMI JOIN audited USING (paper) GROUP BY ALL
        )
        SELECT codebook, dimension, code, count(*), sum(mentions)::BIGINT,
            count(*) FILTER (best = 1), count(*) FILTER (best = 2), count(*) FILTER (best = 3)
        FROM of_paper GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    any_code = connection.execute(
        "SELECT codebook, count(DISTINCT paper) FROM codes SEMI JOIN audited USING (paper) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return tuple(Coded(*row) for row in rows), dict(any_code)


def with_unfound(found: Sequence[Coded], books: Sequence[Codebook]) -> list[Coded]:
    """The codes of `books` in their order, those that no paper holds too; behind them what no book of these has."""
    given = {item[:3]: item for item in found}
    keys = [(book.codebook, part.id, code.id) for book in books for part in book.dimensions for code in part.codes]
    return [*(given.pop(key, Coded(*key)) for key in keys), *given.values()]


def names_of(item: Coded, books: Sequence[Codebook]) -> tuple[str, str]:
    """What the codebook calls the dimension and the code; their ids where it is not at hand."""
    for book in books:
        for part in book.dimensions:
            for code in part.codes:
                if (book.codebook, part.id, code.id) == item[:3]:
                    return part.name, code.name
    return item.dimension, item.code
