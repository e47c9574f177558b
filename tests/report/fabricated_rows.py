"""Rows of fabricated papers for the tests of the synthesis. No paper of these exists."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from lang_audit.codebook import Codebook
from lang_audit.model import Characteristics, Metadata, Strength
from lang_audit.report.extraction import CodeKey, Linked, StudyRow

NAMES = [
    "Ayon", "Bartlett", "Chen", "Dara", "Egede", "Fonseca", "Gupta", "Hossain", "Ivanova", "Jansen", "Kamau", "Le", "Mbeki",
    "Ngo", "Okafor", "Petrov", "Quispe", "Rahman", "Sato", "Tran",
]  # fmt: skip
PLACES = [
    (("VN",), ("East Asia & Pacific",), ("lower middle income",)),
    (("TH",), ("East Asia & Pacific",), ("upper middle income",)),
    (("CN", "VN"), ("East Asia & Pacific",), ("upper middle income", "lower middle income")),
    (("IN",), ("South Asia",), ("lower middle income",)),
    (("UA",), ("Europe & Central Asia",), ("upper middle income",)),
    (("KE",), ("Sub-Saharan Africa",), ("lower middle income",)),
    ((), (), ()),
]
DESIGNS = [("qualitative",), ("rct",), ("mixed-methods",), ("cluster-rct",), ("cross-sectional", "qualitative"), ()]
VERDICTS = ["person-first", "mixed", "not person-first", "not person-first", "not person-first", "no person reference"]


def rows(n: int, books: Sequence[Codebook], seed: int = 1, years: tuple[int, int] = (1998, 2018)) -> list[StudyRow]:
    """`n` fabricated rows: about one paper in fifteen could not be read, as many have no year."""
    draw = random.Random(seed)
    made = []
    for k in range(n):
        year = draw.randint(*years) if draw.random() > 0.07 else None
        if year in (2004, 2005):
            year = 2006
        cited = f"{NAMES[k % len(NAMES)]} {year or 'n.d.'}{'' if k < len(NAMES) else chr(97 + (k // len(NAMES)) % 26)}"
        if draw.random() < 0.06:
            made.append(StudyRow(cited, f"papers/{k}.pdf", "failed", Metadata(year=year)))
            continue
        countries, regions, income = draw.choice(PLACES)
        linked = set()
        codes: dict[CodeKey, Counter[Strength]] = {}
        for book in books:
            if draw.random() < 0.12:
                continue
            for dimension in book.dimensions:
                for rank, code in enumerate(dimension.codes):
                    if draw.random() < 0.75 / (1 + 0.7 * rank):
                        strength = draw.choices(["reported", "aimed", "background"], [6, 1, 2])[0]
                        key = (book.codebook, dimension.id, code.id)
                        codes[key] = Counter({strength: draw.randint(1, 5)})  # type: ignore[dict-item]
            for _ in range(draw.choice([0, 0, 1, 2])):
                linked.add(_linked(book, codes, draw))
        made.append(
            StudyRow(
                key=cited,
                source=f"papers/{k}.pdf",
                status="partial" if draw.random() < 0.05 else "ok",
                metadata=Metadata(year=year),
                page=f"paper-{k}",
                verdict=draw.choice(VERDICTS),  # type: ignore[arg-type]
                characteristics=Characteristics(
                    countries=countries,
                    regions=regions,
                    income=income,
                    design=draw.choice(DESIGNS),
                    sample_size=draw.choice([None, 24, 310, 1204]),
                ),
                codes=codes,
                linked=frozenset(linked),
            )
        )
    return made


def _linked(book: Codebook, codes: dict[CodeKey, Counter[Strength]], draw: random.Random) -> Linked:
    part_of = {d.id: d.part for d in book.dimensions}

    def some(part: str) -> frozenset[CodeKey]:
        keys = sorted(key for key in codes if key[0] == book.codebook and part_of[key[1]] == part)
        return frozenset(draw.sample(keys, min(len(keys), draw.choice([0, 1, 1, 2]))))

    link = draw.choice(["stated", "co-occurring", "co-occurring"])
    parts = [some(part) for part in ("intervention", "context", "mechanism", "outcome")]
    return Linked(book.codebook, *parts, link)  # type: ignore[arg-type]
