"""The rulebook: an installation's rules, from the settings' file and from those that were kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lyhord.alerting.rule_reading import read_rule, read_rules
from lyhord.alerting.rules import BUILT_IN, Narrowed, Rule
from lyhord.errors import Misuse
from lyhord.ports import Filters, State
from lyhord.query.errors import QueryError
from lyhord.query.fields import Vocabulary
from lyhord.query.selection import select
from lyhord.unicode import clean

KIND, SAVED = "rule", "search"
"""Of the rules, and of the saved searches, in the state."""
KEPT = "kept"
"""Where a rule comes from that `lyhord rules --add` or the API kept."""


class Entry(NamedTuple):
    """A rule, and where it comes from: `built-in`, a file's name, or `KEPT`."""

    rule: Rule
    origin: str

    def line(self) -> dict[str, Any]:
        """Give it as JSON reads it out."""
        return {**self.rule.line(), "origin": self.origin}


class Rulebook:
    """Every rule of an installation; those of the file are read anew at each look.

    Args:
        state: where rules and saved searches are kept.
        file: of the setting `rules`.
        vocabulary: the labels that queries may name.

    """

    def __init__(self, state: State, file: Path | None, vocabulary: Vocabulary) -> None:
        self._state, self._file, self._vocabulary = state, file, vocabulary

    def entries(self) -> list[Entry]:
        """Give the file's rules in its order, then the kept ones by name.

        Raises:
            Misuse: the file has mistakes, or a kept rule cannot be meant any more.

        """
        of_file = self._of_file()
        kept = [
            Entry(read_rule(value, f"the kept rule {name} (lyhord rules --remove)"), KEPT)
            for name, value in self._state.all(KIND).items()
            if value
        ]
        names = {entry.rule.name.casefold() for entry in of_file}
        return [*of_file, *(each for each in kept if each.rule.name.casefold() not in names)]

    def read(self, file: Path) -> list[Rule]:
        """Read the rules of a file that is to be tried or kept.

        Raises:
            Misuse: it has mistakes; all are named.

        """
        return read_rules(file, self.mistakes)

    def checked(self, given: dict[str, Any], where: str) -> Rule:
        """Read one rule.

        Raises:
            Misuse: it has mistakes; all are named.

        """
        return read_rule(given, where, self.mistakes)

    def mistakes(self, rule: Rule) -> Iterator[str]:
        """Give what a rule's query, filters or saved search have wrong, as `field: why`."""
        try:
            meant = self.resolved(rule)
        except Misuse as problem:
            yield str(problem)
            return
        try:
            since, until = meant.filters.bounds()
        except Misuse as problem:
            yield f"filters.{problem}"
            since = until = None
        try:
            select(meant.query, Filters(since, until), vocabulary=self._vocabulary)
        except QueryError as error:
            yield f"query: {error.message} (character {error.position + 1})"
        for name, values in meant.filters.labels.items():
            try:
                select("*", Filters(labels={name: values}), vocabulary=self._vocabulary)
            except Misuse as problem:
                yield f"filters.{name}: {problem}"

    def resolved(self, rule: Rule) -> Rule:
        """Put a saved search's query and filters in the place of its name.

        Raises:
            Misuse: no search of that name is saved.

        """
        if rule.saved is None:
            return rule
        kept = self._state.get(SAVED, rule.saved)
        if not kept:
            there = ", ".join(name for name, each in self._state.all(SAVED).items() if each)
            raise Misuse(
                f"saved: no search is saved as {rule.saved!r}; there are {there or 'none'}"
            )
        filters: dict[str, Any] = {
            name: value if name in {"since", "until"} else tuple(value)
            for name, value in kept.items()
            if name in Narrowed.model_fields and value
        }
        meant = {"saved": None, "query": kept.get("query") or "*", "filters": Narrowed(**filters)}
        return rule.model_copy(update=meant)

    def keep(self, rules: list[Rule]) -> None:
        """Keep rules that were checked; one of the same name is replaced.

        Raises:
            Misuse: a name stands in the settings' file.

        """
        names = {entry.rule.name.casefold() for entry in self._of_file()}
        taken = [rule.name for rule in rules if rule.name.casefold() in names]
        if taken:
            raise Misuse(f"name: {', '.join(taken)} stands in {self._file}; change it there")
        for rule in rules:
            for other in self._kept(rule.name):
                if other != rule.name:
                    self._state.put(KIND, other, {})
            self._state.put(KIND, rule.name, rule.line())

    def remove(self, name: str) -> None:
        """Forget a kept rule.

        Raises:
            Misuse: there is none of that name, or it stands in the settings' file.

        """
        kept = self._kept(name)
        for other in kept:
            self._state.put(KIND, other, {})
        if kept:
            return
        if clean(name).casefold() == BUILT_IN:
            raise Misuse(f"{BUILT_IN} is the built-in rule; mute it with `lyhord handle`")
        for entry in self._of_file():
            if entry.rule.name.casefold() == clean(name).casefold():
                raise Misuse(f"rule {name!r} stands in {self._file}; take it out there")
        there = ", ".join(key for key, value in self._state.all(KIND).items() if value)
        raise Misuse(f"no rule is kept as {name!r}; there are {there or 'none'}")

    def _of_file(self) -> list[Entry]:
        if self._file is None:
            return []
        return [Entry(rule, self._file.name) for rule in self.read(self._file)]

    def _kept(self, name: str) -> list[str]:
        wanted = clean(name).casefold()
        every = self._state.all(KIND)
        return [key for key, value in every.items() if value and key.casefold() == wanted]
