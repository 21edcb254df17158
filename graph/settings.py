"""Every setting of hubgraph: its name, its default and a sentence.

Values come from the environment (prefix `HUBGRAPH_`) or a `.env` file in the working directory.
The table in `docs/settings.md` is generated from this class.
"""

import logging
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import platformdirs
import psutil
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from graph.errors import ConfigurationError

PREFIX = "HUBGRAPH_"
PATH_PREFIX = r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*"
"""A path under which a web app may be shown."""
URI_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")

Port = Annotated[int, Field(ge=0, le=65535)]
Weight = Annotated[float, Field(ge=0)]


log = logging.getLogger(__name__)

_SECRET_FOR = {"hf_token": "hub_url", "neo4j_password": "neo4j_uri"}
"""Secret → the address that it is for."""


def _default_heap_mb() -> int:
    """A quarter of the machine's memory, between 512 MB and 3 GB (what the whole Hub needs)."""
    return _share_of_memory(4, low=512, high=3072)


def _default_pagecache_mb() -> int:
    """A quarter of the machine's memory, between 128 MB and 6 GB: the whole Hub's nodes."""
    return _share_of_memory(4, low=128, high=6144)


def _share_of_memory(parts: int, *, low: int, high: int) -> int:
    megabytes = psutil.virtual_memory().total // (1024 * 1024)
    return int(min(high, max(low, megabytes // parts)))


class Settings(BaseSettings):
    """All settings, validated. See `load_settings` for the error a person sees."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    neo4j_uri: str | None = Field(
        None,
        description="Address of a Neo4j of your own, 5.26 or newer (bolt, neo4j, +s, +ssc). "
        "Unset: the local server that `hubgraph up` starts.",
    )
    neo4j_user: str = Field("neo4j", description="User name for `HUBGRAPH_NEO4J_URI`.")
    neo4j_password: SecretStr | None = Field(
        None, description="Password for `HUBGRAPH_NEO4J_URI`. Never written to logs or output."
    )
    neo4j_database: str = Field("neo4j", description="Database to use.")
    browser_url: str | None = Field(
        None,
        description="Address of Neo4j Browser, for links from the web app. Unset: the local "
        "server's own, when that is in use.",
    )

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("hubgraph", False)),
        description="Where the local server keeps its database, password and ports, and crawls "
        "keep pictures.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("hubgraph", False)),
        description="Where downloads of Neo4j are stored.",
    )
    log_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_log_dir("hubgraph", False)),
        description="Where the local server and the issue logs of loads are written.",
    )
    bolt_port: Port = Field(
        7687,
        description="Preferred Bolt port of the local server; if taken, the next free one. 0: any.",
    )
    http_port: Port = Field(
        7474, description="Preferred port of Neo4j Browser; if taken, the next free one. 0: any."
    )
    heap_mb: int = Field(
        default_factory=_default_heap_mb,
        ge=256,
        description="Heap of the local server in MB. Default: a quarter of the memory, "
        "512 to 3072.",
    )
    pagecache_mb: int = Field(
        default_factory=_default_pagecache_mb,
        ge=16,
        description="Page cache of the local server in MB. Default: a quarter of the memory, "
        "128 to 6144.",
    )
    transaction_log_mb: int = Field(
        256,
        ge=16,
        description="Space that the local server's transaction logs may take up, in MB. Less slows "
        "down large loads.",
    )
    start_timeout_s: float = Field(
        120, gt=0, description="How long to wait for the local server to answer, in seconds."
    )
    maven_url: str | None = Field(
        None,
        description="Base address of the Maven repository that holds Neo4j's jars. Unset: Maven "
        "Central.",
    )
    download_workers: int = Field(8, ge=1, le=32, description="Parallel downloads of jars.")

    batch_size: int = Field(5_000, ge=1, le=100_000, description="Records written at a time.")
    max_bad_share: float = Field(
        0.01,
        ge=0,
        le=1,
        description="A load fails once more than this share of its records is bad (and more "
        "than 100 of them).",
    )
    max_retries: int = Field(
        5, ge=0, description="How often a transaction is retried after a transient error."
    )
    query_timeout_s: float = Field(
        10, gt=0, description="Time limit of one read query, in seconds; the server ends it."
    )
    row_limit: int = Field(
        10_000,
        ge=1,
        description="Most rows that one read query returns; a longer result is cut and says so.",
    )

    damping: float = Field(
        0.85,
        gt=0,
        lt=1,
        description="PageRank's damping factor d: the share that passes to a base.",
    )
    max_iterations: int = Field(100, ge=1, description="Most iterations of PageRank.")
    tolerance: float = Field(1e-9, gt=0, description="PageRank stops below this change.")
    rules_file: Path | None = Field(
        None,
        description="A TOML file with rules and lists of your own for telling mirrors and swarms.",
    )
    licences_file: Path | None = Field(
        None,
        description="A CSV file with licences of your own, or other rows for known ones.",
    )
    weight_root: Weight = Field(1.0, description="What a model without a base counts itself.")
    weight_finetune: Weight = Field(1.0, description="What a fine-tune counts.")
    weight_merge: Weight = Field(1.0, description="What a merge counts.")
    weight_adapter: Weight = Field(0.5, description="What an adapter counts.")
    weight_quantize: Weight = Field(0.2, description="What a quantization counts.")

    hub_url: str = Field(
        "https://huggingface.co",
        description="Address of the Hub, or of any server with the same API.",
    )
    avatar_url: str = Field(
        "https://cdn-avatars.huggingface.co",
        description="Address of the server that holds the pictures of accounts, for "
        "`hubgraph crawl avatars`, which asks no other.",
    )
    hf_token: SecretStr | None = Field(
        None,
        validation_alias="HF_TOKEN",
        description="Access token of the Hub, for a larger quota. Sent to the Hub only; never "
        "written to logs or records.",
    )
    user_agent_url: str = Field(
        "", description="Address, sent in the user agent, where the Hub can learn who is crawling."
    )
    crawl_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_state_dir("hubgraph", False)) / "crawls",
        description="Where crawls keep their journals, from which they resume.",
    )
    crawl_concurrency: int = Field(
        2,
        ge=1,
        le=16,
        description="Requests in flight at once, for each kind of address with its own quota.",
    )
    crawl_timeout_s: float = Field(
        60, gt=0, description="How long to wait for an answer of the Hub, in seconds."
    )
    crawl_max_retries: int = Field(
        8, ge=0, description="How often a request is retried after a transient error."
    )
    crawl_min_share: float = Field(
        0.9,
        ge=0,
        le=1,
        description="A crawl fails if it found less than this share of what the Hub announced, of "
        "what a listing should hold or of the models that it verified; an update, if its dump "
        "holds less than this share of what the graph holds.",
    )

    crawl_stale_days: int = Field(
        30, ge=1, description="Days after which a crawl is shown as stale."
    )

    web_host: str = Field("127.0.0.1", description="Address the web app listens on.")
    web_port: Port = Field(
        8000, description="Port of the web app; `demo` takes the next free one if it is taken."
    )
    web_hosts: str = Field(
        "localhost,127.0.0.1,::1",
        description="Host names, separated by commas, under which the web app answers, besides "
        "`HUBGRAPH_WEB_HOST`; it refuses any other, so that no foreign page can read the graph. "
        "`*`: any.",
    )
    web_prefix: str = Field(
        "",
        description="Path under which a proxy shows the web app, such as `/hubgraph`. Unset: what "
        "the proxy says in `X-Forwarded-Prefix`, else none.",
    )
    web_console: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Whether people may ask queries of their own at `/cypher`. `auto`: if the app "
        "listens on this machine alone and answers under no other name.",
    )
    web_workers: int = Field(2, ge=1, description="Worker processes of the web app.")
    web_threads: int = Field(
        4,
        ge=1,
        description="Queries for pages that each worker runs at a time; reports and networks have "
        "half as many of their own.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="How much is logged."
    )

    @field_validator("neo4j_uri", "browser_url", "maven_url", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("hf_token", mode="before")
    @classmethod
    def _one_word(cls, value: object) -> object:
        token = value.strip() if isinstance(value, str) else value
        if isinstance(token, str) and not re.fullmatch("[!-~]*", token):
            raise ValueError("holds characters that no access token has")
        return token or None

    @field_validator("neo4j_uri")
    @classmethod
    def _known_scheme(cls, value: str | None) -> str | None:
        if value is not None and value.split("://")[0] not in URI_SCHEMES:
            raise ValueError(f"must start with one of {', '.join(s + '://' for s in URI_SCHEMES)}")
        if value is not None and "@" in value:
            raise ValueError(
                "must not hold a user or password; they are "
                "HUBGRAPH_NEO4J_USER and HUBGRAPH_NEO4J_PASSWORD"
            )
        return value

    @field_validator("hub_url", "avatar_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must start with http:// or https:// and name a host")
        if parts.username or parts.password:
            raise ValueError("must not hold a user or password; a token is HF_TOKEN")
        if parts.query or parts.fragment:
            raise ValueError("must not hold a query")
        return value.rstrip("/")

    @field_validator("web_prefix")
    @classmethod
    def _path(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        if not re.fullmatch(PATH_PREFIX, value):
            raise ValueError("must be a path of plain letters and digits, such as /hubgraph")
        return value

    @field_validator("data_dir", "cache_dir", "log_dir", "crawl_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (pydantic gives it)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment without the secrets that a `.env` would send to an address of its own.

        A `.env` may have come with a folder; it must not learn what is not in it.
        """

        def environment() -> dict[str, Any]:
            given, own, over = env_settings(), dotenv_settings(), init_settings()
            for secret, address in _SECRET_FOR.items():
                name = secret if secret in given else variable(secret)
                if name in given and address in own and not {address} & {*given, *over}:
                    _warn_of(secret, address)
                    del given[name]
            return given

        return init_settings, environment, dotenv_settings, file_secret_settings  # type: ignore[return-value]

    @property
    def uses_local_server(self) -> bool:
        """Whether the graph lives in the server that `hubgraph up` starts."""
        return self.neo4j_uri is None


@cache
def _warn_of(secret: str, address: str) -> None:
    """Say once that a secret is not used."""
    log.warning(
        "%s is not used: %s comes from the file .env, and the secret from the environment. "
        "Set both in the same place.",
        variable(secret),
        variable(address),
    )


def variable(name: str) -> str:
    """The environment variable of a setting."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else PREFIX + name.upper()


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment and `.env`.

    Args:
        **overrides: values that win over both.

    Raises:
        ConfigurationError: naming the variable and what is wrong with it, never its value.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = "; ".join(
            f"{_named(item['loc'])}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        )
        raise ConfigurationError(
            f"Bad setting: {problems}.", "See docs/settings.md for what each accepts."
        ) from None


def _named(location: tuple[int | str, ...]) -> str:
    """The variable that an error is about."""
    name = str(location[0]) if location else ""
    return variable(name) if name in Settings.model_fields else name or PREFIX + "*"
