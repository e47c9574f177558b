"""The lexicon for two prose linters: a Vale style, and the data form of retext-equality.

Both linters match words and know nothing of usage: they raise quotations, names and other senses too. The exports say so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import yaml

from lang_audit.explain import links
from lang_audit.lexicon import Entry, Lexicon
from lang_audit.lexicon_lookup import Form, loose_patterns, surface_forms
from lang_audit.rewriting.suggest import suggestion

STYLE = "LangAudit"
_MADE = "# Made from lang-audit's lexicon by `lang-audit lexicon export`. Change the lexicon, not this file.\n"
_LEVELS = {"pejorative": "error", "stigmatising": "warning", "outdated": "suggestion"}
_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")
_WORD_ENDS = re.compile(r"\w(.*\w)?", re.DOTALL)
_LITTLE_WORDS = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "has", "have", "in", "is", "no", "of", "off", "on", "or", "out", "the",
     "to", "up", "was", "were", "with"]
)  # fmt: skip
_RETEXT_TEXT = re.compile(r"[^\W_]+( [^\W_]+)*")
_CONDITIONS = {
    "person": "when said of people", "noun": "when it names people", "human": "when said of humans",
    "substance": "when said of drugs, alcohol or tobacco", "substance-here": "when said of drugs",
    "people-subject": "when people are the subject",
}  # fmt: skip
_VALE_INI = f"""\
# A sample. Vale reads the style from the folder beside this file; see https://vale.sh/docs/vale-ini
StylesPath = .
MinAlertLevel = suggestion

[*.{{md,txt,rst,adoc,org,html,tex}}]
BasedOnStyles = {STYLE}
# Switch a rule off by its name, the file's name without .yml:
# {STYLE}.AlcoholContested = NO
"""
_VALE_README = """\
# lang-audit's lexicon as a Vale style

{entries} entries in {rules} rules, for [Vale](https://vale.sh). Put the folder `{style}` into your `StylesPath` and
add `{style}` to `BasedOnStyles`; `.vale.ini` is a sample.

- A rule is a domain and a severity: pejorative terms are errors, stigmatising terms warnings, outdated terms suggestions.
  `...Contested` holds terms on which guidance is divided, always suggestions. `...Acronyms` matches in the case as written.
- An entry for which no ready phrase fits every sentence has a rule of its own, with the guidance as its message.
- A suggestion is a phrase to think of, in the number of the term. It does not always fit the sentence as it stands, so no rule
  replaces anything by itself.
- Vale matches words. It does not know whether the authors speak, quote, name an organisation or discuss the word: `lang-audit
  appraise` does. Phrases known to be innocent are listed as exceptions; Vale versions before 3 may raise them all the same.
- Where two rules know overlapping terms, Vale raises both; lang-audit keeps the longer one.
- Left out: {left_out} forms that Vale's word boundaries cannot hold (such as "HIV+"), and {loose} token patterns that ask for
  grammar.
"""


def vale_files(lexicon: Lexicon) -> dict[str, str]:
    """The Vale style as relative file names and texts: `LangAudit/*.yml`, `.vale.ini`, `README.md`."""
    rules = vale_rules(lexicon)
    left_out = sum(not _WORD_ENDS.fullmatch(f.text) for e in lexicon.entries.values() for f in surface_forms(e))
    loose = sum(map(loose_patterns, lexicon.entries.values()))
    readme = _VALE_README.format(
        entries=len(lexicon), rules=len(rules), style=STYLE, left_out=left_out, loose=loose
    )  # fmt: skip
    files = {".vale.ini": _VALE_INI, "README.md": readme}
    return files | {f"{STYLE}/{name}.yml": _MADE + _dump(rule) for name, rule in rules.items()}


def vale_rules(lexicon: Lexicon) -> dict[str, dict[str, Any]]:
    """Every Vale rule by its name, with the keys that Vale documents for `substitution` and `existence`.

    Terms with a ready phrase are gathered by domain, severity and case; a term with guidance only is a rule of its own.
    """
    rules: dict[str, dict[str, Any]] = {}
    holders: dict[str, dict[str, Entry]] = {}
    for key, entry in lexicon.entries.items():
        domain = _camel(key.split("/")[0])
        for form in surface_forms(entry):
            if not _WORD_ENDS.fullmatch(form.text):
                continue
            instead = suggestion(entry, form.text, "")
            contested = entry.decision == "query"
            group = "Contested" if contested else entry.severity.title()
            acronyms = "Acronyms" if form.exact_case else ""
            name = f"{domain}{group}{acronyms}" if instead else f"{domain}{_camel(entry.id)}{acronyms}"
            rule = rules.setdefault(name, _new_rule(entry, form.exact_case, instead))
            for pattern in map(vale_pattern, form.spellings()):
                if instead:
                    rule["swap"].setdefault(pattern, instead)
                elif pattern not in rule["tokens"]:
                    rule["tokens"].append(pattern)
            holders.setdefault(name, {})[key] = entry
    for name, entries in holders.items():
        phrases = (phrase for entry in entries.values() for listed in entry.exceptions.values() for phrase in listed)
        rules[name]["exceptions"] = sorted({"(?i)" + vale_pattern(phrase) for phrase in phrases})
        cited = Counter(link for entry in entries.values() for link in _addresses(lexicon, entry))
        rules[name]["link"] = min(cited, key=lambda link: (-cited[link], link), default="")
    return {name: _finished(rule) for name, rule in sorted(rules.items())}


def _new_rule(entry: Entry, exact_case: bool, instead: str | None) -> dict[str, Any]:
    contested = entry.decision == "query"
    divided = "Guidance is divided: " if contested else ""
    if instead:
        verb = "Use" if entry.severity == "pejorative" and not contested else "Consider"
        message = f"{divided}{verb.lower() if divided else verb} '%s' instead of '%s'."
    else:
        guidance = (entry.prefer.guidance or entry.why).replace("%", "%%")
        message = f"{divided}{'think again about' if divided else 'Think again about'} '%s'. {guidance}"
    return {
        "extends": "substitution" if instead else "existence",
        "message": message,
        "link": "",
        "level": "suggestion" if contested else _LEVELS[entry.severity],
        "ignorecase": not exact_case,
        **({"swap": {}} if instead else {"tokens": []}),
        "exceptions": [],
    }


def _finished(rule: dict[str, Any]) -> dict[str, Any]:
    # Longer patterns first, so that "drug addict" is tried before "drug".
    if "swap" in rule:
        rule["swap"] = dict(sorted(rule["swap"].items(), key=lambda item: (-len(item[0]), item[0])))
    else:
        rule["tokens"].sort(key=lambda pattern: (-len(pattern), pattern))
    return {key: value for key, value in rule.items() if value not in ("", [])}


def vale_pattern(phrase: str) -> str:
    """A phrase as a regular expression without groups: any run of white space or hyphens between words, either apostrophe."""
    escaped = _SPECIAL.sub(lambda special: "\\" + special[0], phrase)
    return re.sub(r"['’]", "['’]", re.sub(r"[\s\-‐-–]+", r"[\\s-]+", escaped))


def retext_patterns(lexicon: Lexicon) -> list[dict[str, Any]]:
    """The entries as retext-equality keeps its own: a pattern for the singular and one for the plural of each.

    The fields serve both the project's YAML data (`source` is folded into `note` by its build) and its compiled patterns.
    Words stand without hyphens and apostrophes, as retext strips them from a text; a compound is listed joined and parted.
    """
    patterns: list[dict[str, Any]] = []
    taken: set[str] = set()
    for key, entry in lexicon.entries.items():
        groups: dict[str | None, list[str]] = {}
        for form in surface_forms(entry):
            for phrase in _retext_phrases(form):
                if phrase not in taken:
                    taken.add(phrase)
                    groups.setdefault(suggestion(entry, form.text, ""), []).append(phrase)
        for k, (instead, phrases) in enumerate(groups.items()):
            pattern: dict[str, Any] = {
                "id": key.replace("/", "-") + (f"-{k + 1}" if k else ""),
                "type": "basic",
                "categories": ["a"],
            }
            if entry.sense in _CONDITIONS:
                pattern["condition"] = _CONDITIONS[entry.sense]
            if instead:
                pattern["considerate"] = {instead: "a"}
            pattern["inconsiderate"] = dict.fromkeys(phrases, "a")
            pattern["source"] = _first_source(lexicon, entry)
            pattern["note"] = " ".join(_note(entry))
            patterns.append(pattern)
    return patterns


def as_retext(lexicon: Lexicon) -> str:
    """The entries in the data form of retext-equality, as YAML."""
    return _MADE + _dump(retext_patterns(lexicon))


def _retext_phrases(form: Form) -> list[str]:
    found: dict[str, None] = {}
    for spelling in form.spellings():
        words = re.sub(r"['’]", "", spelling).replace("-", " ").split()
        found[" ".join(words)] = None
        for k in range(len(words) - 1):
            if _LITTLE_WORDS.isdisjoint(word.lower() for word in words[k : k + 2]):
                found[" ".join([*words[:k], words[k] + words[k + 1], *words[k + 2 :]])] = None
    return [phrase for phrase in found if _RETEXT_TEXT.fullmatch(phrase)]


def _note(entry: Entry) -> Iterator[str]:
    yield entry.why
    if entry.prefer.guidance:
        yield entry.prefer.guidance
    if entry.decision == "query":
        yield f"Contested: {entry.contested}"


def _first_source(lexicon: Lexicon, entry: Entry) -> str:
    if addresses := _addresses(lexicon, entry):
        return addresses[0]
    source = lexicon.sources[(*entry.sources, *entry.known_sources)[0]]
    return f"{source.issuer}, {source.title}, {source.year or source.years}"


def _addresses(lexicon: Lexicon, entry: Entry) -> list[str]:
    return [link for name in (*entry.sources, *entry.known_sources) for link in links(lexicon.sources[name])[:1]]


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("-"))


def _dump(data: object) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)
