"""Settings: `LYHORD_*` from the environment over one TOML file over defaults that just work."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from lyhord import municipalities
from lyhord.errors import Misuse
from lyhord.labels import SOURCES
from lyhord.recipients import RecipientSettings

Keep = Literal["short", "one-year", "two-years", "five-years"]


def _code(text: str) -> str:
    try:
        return municipalities.meant(text)
    except Misuse as mistake:
        raise ValueError(str(mistake)) from None


class SourceSettings(BaseModel):
    """What every configured source has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100, description="Unique name of this source.")
    interval: float = Field(default=900, ge=1, description="Seconds between two polls.")


class FolderSettings(SourceSettings):
    """A watched folder: every `.jsonl` and `.csv` file put there is imported."""

    kind: Literal["folder"]
    path: Path = Field(description="The folder; relative to where Lyhörd is started.")
    interval: float = Field(default=5, ge=0.1, description="Seconds between two looks.")
    map: dict[str, str] = Field(default_factory=dict, description="Post field = file's column.")
    set: dict[str, str] = Field(default_factory=dict, description="Post field = fixed value.")


class FeedSettings(SourceSettings):
    """An RSS or Atom feed with its comment feeds."""

    kind: Literal["feed"]
    url: str = Field(description="The feed's address (http or https).")
    source: str = Field(default="blog", description="Which source its posts belong to.")
    municipality: Annotated[str, AfterValidator(_code)] = Field(
        description="SCB code or name of the municipality that the feed is about."
    )
    account: str | None = Field(default=None, description="Account name shown for its posts.")
    department: str | None = Field(default=None, description="Department shown for its posts.")
    author_role: Literal["citizen", "municipality", "unknown"] = Field(
        default="municipality", description="Who writes the feed's entries."
    )
    comments: bool = Field(default=True, description="Read the entries' comment feeds too.")
    staff: tuple[str, ...] = Field(
        default=(), description="Names whose comments are the municipality's own answers."
    )


class Settings(BaseSettings):
    """Everything that can be set, with its default."""

    model_config = SettingsConfigDict(
        env_prefix="LYHORD_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
    )

    data: Path = Field(default=Path("data"), description="Data folder of the embedded default.")
    name: str = Field(
        default="lyhord",
        pattern=r"^[a-z][a-z0-9_]{0,39}$",
        description="This installation's name: topics, groups and indices begin with it.",
    )
    log: str = Field(
        default="",
        description="Where the log is: `kafka://HOST:PORT[,HOST:PORT…]`; empty = in `data`.",
    )
    log_tls: bool = Field(default=False, description="Speak TLS with Kafka.")
    log_ca: Path | None = Field(default=None, description="Certificates that Kafka's is signed by.")
    log_cert: Path | None = Field(default=None, description="Our certificate for Kafka.")
    log_key: Path | None = Field(default=None, description="The key of our certificate for Kafka.")
    log_sasl_mechanism: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="", description="How to log in to Kafka; empty = not at all."
    )
    log_user: str = Field(default="", description="User at Kafka.")
    log_password: SecretStr = Field(default=SecretStr(""), description="Password at Kafka.")
    partitions: int = Field(
        default=6, ge=1, le=1000, description="Partitions of a Kafka topic that Lyhörd makes."
    )
    replication: int = Field(
        default=1, ge=1, le=9, description="Copies of a Kafka topic that Lyhörd makes."
    )
    store: str = Field(
        default="", description="Where the store is: `http(s)://HOST:PORT`; empty = in `data`."
    )
    store_user: str = Field(default="", description="User at Elasticsearch.")
    store_password: SecretStr = Field(
        default=SecretStr(""), description="Password at Elasticsearch."
    )
    store_api_key: SecretStr = Field(
        default=SecretStr(""), description="API key at Elasticsearch, in place of a user."
    )
    store_ca: Path | None = Field(
        default=None, description="Certificates that Elasticsearch's is signed by."
    )
    store_replicas: int = Field(
        default=0, ge=0, le=9, description="Copies of an index beside the first."
    )
    store_keep: Keep | None = Field(
        default=None,
        description="When Elasticsearch deletes a month: `short` (90 days after its end), "
        "`one-year`, `two-years`, `five-years`; empty = never.",
    )
    health_host: str = Field(
        default="127.0.0.1", description="Address that `/health` and `/metrics` listen on."
    )
    health_port: int = Field(
        default=0, ge=0, le=65535, description="Port of `/health` and `/metrics`; 0 = none."
    )
    workers: int = Field(
        default=0, ge=0, le=64, description="Tagging processes; 0 = one for each processor."
    )
    extra_sources: tuple[str, ...] = Field(
        default=(), description="Names of sources beyond the built-in ones."
    )
    topics: Path | None = Field(
        default=None,
        description="A file of topics added to the built-in ones (same label = replaced).",
    )
    accounts: Path | None = Field(
        default=None, description="A CSV file of the accounts that municipalities keep."
    )
    municipality_facts: Path | None = Field(
        default=None, description="A CSV file of municipalities' population and group."
    )
    rules: Path | None = Field(
        default=None, description="A TOML file of alert rules beside the built-in one."
    )
    names: Literal["find", "mask", "off"] = Field(
        default="find",
        description="Names in posts: `find` persons and organisations, `mask` also the names of "
        "private persons, `off` = do not look (quicker).",
    )
    web_host: str = Field(default="127.0.0.1", description="Address that the web page listens on.")
    web_port: int = Field(default=8080, ge=0, le=65535, description="Port of the web page.")
    api_token: SecretStr = Field(
        default=SecretStr(""),
        description="What whoever changes rules, or acts on alerts, from another machine sends as "
        "`Authorization: Bearer`; empty = only this machine may.",
    )
    fetch_allow: tuple[str, ...] = Field(
        default=(),
        description="Hosts or networks (`host`, `host:port`, CIDR) that sources may fetch from "
        "although they are private.",
    )
    fetch_contact: str = Field(
        default="", description="Contact address that Lyhörd's User-Agent names to the sites."
    )
    tagged_days: float = Field(
        default=7, ge=0, description="Days that indexed entries stay in the log's topic `tagged`."
    )
    rejected_days: float = Field(
        default=400,
        ge=0,
        description="Days that refusals stay in Kafka's topic `rejected`; 0 = for ever.",
    )
    sources: tuple[Annotated[FolderSettings | FeedSettings, Field(discriminator="kind")], ...] = (
        Field(default=(), description="The sources that `lyhord run` and `lyhord ingest` poll.")
    )
    recipients: tuple[RecipientSettings, ...] = Field(
        default=(), description="Who is told of alerts, and how."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, settings_cls.model_config.get("toml_file"))
        return (init_settings, env_settings, file)


def load(config: Path | None = None) -> Settings:
    """Read the settings.

    Args:
        config: the TOML file; None = no file.

    Raises:
        Misuse: the file cannot be read, or a setting is unknown or wrong; all are named.

    """
    where = f"{config} or the environment" if config else "the environment"
    if config is not None and not config.is_file():
        raise Misuse(f"the settings file {config} does not exist")

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=config)

    try:
        # The plain class, so that other processes can be given the settings.
        settings = Settings.model_construct(**dict(FromFile()))
    except ValidationError as error:
        problems = "; ".join(f"{_name(item['loc'])}: {_told(item)}" for item in error.errors())
        raise Misuse(f"settings in {where}: {problems}") from None
    except ValueError as error:
        raise Misuse(f"settings in {where} cannot be read: {error}") from None
    for kind, tables in (("sources", settings.sources), ("recipients", settings.recipients)):
        if len({table.name for table in tables}) < len(tables):
            raise Misuse(f"settings in {where}: two {kind} have the same name")
    known = (*SOURCES, *settings.extra_sources)
    for table in settings.sources:
        if table.kind == "feed" and table.source not in known:
            raise Misuse(
                f"settings in {where}: sources: {table.name}: source {table.source!r} is not "
                f"known; there are {', '.join(known)}, and extra_sources adds others"
            )
    return settings


def _told(item: Any) -> str:
    """Say what is wrong with a setting, in words for who wrote it."""
    match item["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is no setting; docs/operations.md lists them. Is it misspelt?"
    message: str = item["msg"]
    return message.removeprefix("Value error, ")


def _name(location: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in location)
