"""Settings, by environment variables QIAN_…; the README lists them. They are handed down as values."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ledger.errors import Invalid
from ledger.keys import Passphrase, load_passphrase
from ledger.recurrence import Recurrence
from ledger.storage import Storage, open_storage
from sampling.strata import Limits


class Settings(BaseSettings):
    """What an operator may set; every default serves a district on one machine."""

    model_config = SettingsConfigDict(env_prefix="QIAN_", env_ignore_empty=True, frozen=True)

    home: Path = Field(default=Path("var"), description="Folder of the embedded database and the keys.")
    database_url: SecretStr | None = Field(
        default=None, description="SQLAlchemy address of a PostgreSQL database; none: SQLite in the home folder."
    )
    documents: str = Field(
        default="database",
        description="Where documents' contents lie: database, folder:PATH or s3://BUCKET/PREFIX "
        "(its endpoint and credentials: AWS_ENDPOINT_URL_S3 and the like).",
    )
    key_passphrase_file: Path | None = Field(
        default=None, description="File (mode 0600) of the passphrase that encrypts the log's key files; none: plain."
    )
    key_passphrase: SecretStr | None = Field(
        default=None, description="The passphrase itself, where there is no file of it; other programs may see it."
    )
    backup_passphrase_file: Path | None = Field(
        default=None, description="File (mode 0600) of the passphrase that encrypts backups and opens them."
    )
    signer: Literal["file", "pkcs11"] = Field(
        default="file", description="Where new keys of the log are made: as files, or in an HSM by PKCS #11."
    )
    pkcs11_module: Path | None = Field(
        default=None, description="The HSM's PKCS #11 library; its keys are found whatever QIAN_SIGNER says."
    )
    pkcs11_token: str | None = Field(default=None, description="Label of the HSM's token.")
    pkcs11_label: str = Field(default="qian", min_length=1, description="Label of the log's keys in the token.")
    pkcs11_pin_file: Path | None = Field(default=None, description="File (mode 0600) of the token's user PIN.")
    timestamp_url: str | None = Field(
        default=None, description="http(s) address of an authority that time-stamps the log's checkpoints (RFC 3161)."
    )
    timestamp_certificates: Path | None = Field(
        default=None, description="PEM file of the certificates that its time-stamps are verified under, root included."
    )
    timestamp_interval: int = Field(default=3600, ge=1, description="Seconds between two time-stamps at the least.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    worker: bool = Field(default=True, description="Whether `qian serve` also works the jobs.")
    graphiql: bool = Field(default=True, description="Whether browsers are shown GraphiQL on the GraphQL paths.")
    log_format: Literal["console", "json"] = Field(default="console", description="Form of the log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged.")
    inbox: Path | None = Field(
        default=None, description="Folder below which sources watch folders for files; none: inbox in the home folder."
    )
    credentials: Path | None = Field(
        default=None,
        description="Folder of the files (mode 0600) that hold what sources sign in with; none: credentials in the "
        "home folder.",
    )
    token: SecretStr | None = Field(default=None, description="Staff token that the command line acts under.")
    language: Literal["zh", "en"] = Field(default="zh", description="Language of the command line's messages.")
    upload_bytes: int = Field(default=256 * 1024 * 1024, ge=1, description="Most bytes of one request's body.")
    stratum_minimum: int = Field(default=10, ge=2, description="A smaller stratum is merged with its neighbour.")
    frame_minimum: int = Field(default=50, ge=2, description="A smaller frame is no random campaign and is refused.")
    uniform_share: int = Field(
        default=500, ge=500, le=1000, description="Share of the visits drawn with equal probability, basis points."
    )
    inference_bound: int = Field(
        default=5000,
        ge=1,
        le=9999,
        description="Most that one may infer of a higher-risk grade from who was drawn, basis points.",
    )
    inference_campaigns: int = Field(
        default=6,
        ge=0,
        le=8,
        description="How many earlier campaigns count for what outsiders could infer, newest first.",
    )
    coverage_floor: int = Field(
        default=300, ge=0, le=10_000, description="Legal floor of coverage that a preview shows, basis points."
    )
    beacon_margin: int = Field(
        default=0,
        ge=0,
        description="Seconds by which a beacon lies after the freeze, and after its witnesses; "
        "a drand round and public numbers at least 60.",
    )
    drand_urls: str = Field(
        default="https://api.drand.sh https://api2.drand.sh https://api3.drand.sh https://drand.cloudflare.com",
        description="Addresses of drand nodes, asked in this order for a round that a campaign names.",
    )
    drand_chains: Path | None = Field(
        default=None, description="TOML file with tables [drand.NAME]: chains that may be named beside the known ones."
    )
    dask_scheduler: str | None = Field(
        default=None,
        description="Address of a Dask scheduler whose workers help to grade (docs/dask.md); none: alone.",
    )
    grading: str | None = Field(
        default=None,
        description="When all enterprises are graded by themselves, such as `monthly 1 03:00`; none: when asked for.",
    )
    witness_policy: Path | None = Field(
        default=None, description="File that names the log's witnesses and their quorum (c2sp.org/tlog-policy)."
    )
    witness_wait: int = Field(
        default=600, ge=60, description="Seconds that the witnesses are given to cosign a freeze, where there are any."
    )

    retention_years: dict[str, int] = Field(
        default={},
        description='Documents that are kept longer than the rules say: JSON of kind and years, `{"plan": 30}`.',
    )

    @property
    def url(self) -> str:
        """The database's address."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+pysqlite:///{self.home / 'qian.sqlite'}"

    @property
    def storage(self) -> Storage | None:
        """The storage of documents' contents, None for the database; raises what `open_storage` raises."""
        return open_storage(self.documents)

    @property
    def passphrase(self) -> Passphrase | None:
        """The passphrase of the log's key files; raises what `load_passphrase` raises."""
        if self.key_passphrase_file is not None:
            return load_passphrase(self.key_passphrase_file)
        if self.key_passphrase is not None:
            return Passphrase(self.key_passphrase.get_secret_value().encode())
        return None

    @field_validator("grading")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                Recurrence.parse(value)
            except Invalid:
                raise ValueError("every 30m, daily 02:30 or monthly 1 03:00") from None
        return value

    @property
    def inbox_folder(self) -> Path:
        """The folder below which sources watch folders."""
        return self.inbox or self.home / "inbox"

    @property
    def credentials_folder(self) -> Path:
        """The folder of the files that sources sign in with."""
        return self.credentials or self.home / "credentials"

    @property
    def limits(self) -> Limits:
        """The limits of a design."""
        return Limits(
            self.stratum_minimum,
            self.frame_minimum,
            self.uniform_share,
            self.coverage_floor,
            self.inference_campaigns,
        )
