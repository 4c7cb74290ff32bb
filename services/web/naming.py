"""What the page calls fields and their values, in Swedish."""

from collections.abc import Mapping

from lyhord import labels, municipalities
from lyhord.dialogue.groups import By
from lyhord.own_topics import OwnTopic

TITLES: Mapping[str, str] = {
    "municipality": "Kommun",
    "topic": "Ämne",
    "sentiment": "Ton",
    "kind": "Typ",
    "source": "Källa",
    "author_role": "Avsändare",
    "place": "Plats",
}
"""The fields that the page filters by, in the order of its form."""
GROUPS: Mapping[By, str] = {
    "municipality": "Kommun",
    "department": "Förvaltning",
    "topic": "Ämne",
    "source": "Källa",
    "month": "Månad",
}
"""What the page parts response times by."""
MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)


class Names:
    """The names of values; a municipality's own topics have its own names."""

    def __init__(self, own: Mapping[str, OwnTopic]) -> None:
        topics = {**labels.TOPICS, **{label: topic.name for label, topic in own.items()}}
        self.known: Mapping[str, Mapping[str, str]] = {
            "topic": topics,
            "sentiment": labels.SENTIMENTS,
            "kind": labels.KINDS,
            "source": labels.SOURCES,
            "author_role": labels.AUTHOR_ROLES,
        }

    def of(self, field: str, value: str | None) -> str:
        """Name a field's value as people write it; one that is unknown names itself."""
        if not value:
            return "Okänd"
        match field:
            case "municipality":
                return municipalities.name_of(value) or value
            case "month":
                return month(value)
            case "place" | "department":
                return value[:1].upper() + value[1:]
            case _:
                return self.known.get(field, {}).get(value, value)


def month(value: str) -> str:
    """Name a month, `2026-03`, as people write it."""
    year, _, number = value.partition("-")
    return f"{MONTHS[int(number) - 1]} {year}"
