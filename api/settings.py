"""Settings, by environment variables QIAN_…; the README lists them. They are handed down as values."""

import re
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from api.networks import networks_of
from api.oidc.client import AudienceParameter, Client
from api.oidc.identity import ALGORITHMS, Expected, is_safe
from api.sides import Sides
from ledger.errors import Invalid
from ledger.keys import Passphrase, load_passphrase
from ledger.recurrence import Recurrence
from ledger.storage import Storage, open_storage
from sampling.publicity.limits import IntakeLimits
from sampling.strata import Limits
from schema.cost.buckets import Allowance
from schema.cost.metering import CostLimits

ORIGIN: Final = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


def origins_of(listed: str) -> tuple[str, ...]:
    """Return the web origins of a list by commas."""
    return tuple(each.strip() for each in listed.split(",") if each.strip())


class Settings(BaseSettings):
    """What an operator may set; every default serves a district on one machine."""

    model_config = SettingsConfigDict(env_prefix="QIAN_", env_ignore_empty=True, frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment alone: no file is named, and to look for each setting in none takes as long again."""
        return init_settings, env_settings

    home: Path = Field(default=Path("var"), description="Folder of the embedded database and the keys.")
    database_url: SecretStr | None = Field(
        default=None, description="SQLAlchemy address of a PostgreSQL database; none: SQLite in the home folder."
    )
    public_database_url: SecretStr | None = Field(
        default=None,
        description="The same database for `qian serve --public`, under a role that reads no grade "
        "(docs/postgresql.md); none: as above.",
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
    tls_certificate: Path | None = Field(
        default=None, description="PEM file of the certificate chain to serve under HTTPS with; none: HTTP."
    )
    tls_key: Path | None = Field(
        default=None, description="PEM file of its private key, which nobody but the service reads."
    )
    worker: bool = Field(default=True, description="Whether `qian serve` also works the jobs.")
    graphiql: bool = Field(default=True, description="Whether browsers are shown GraphiQL on the GraphQL paths.")
    introspection: Sides = Field(
        default="staff", description="Where GraphQL may be asked for the schema: none, public, staff or both."
    )
    suggestions: Sides = Field(
        default="staff", description="Where an error about a name suggests others: none, public, staff or both."
    )
    get_queries: Sides = Field(
        default="none", description="Where queries may be asked by GET: none, public, staff or both; mutations nowhere."
    )
    public_origins: str = Field(
        default="",
        description="Web origins, by commas, whose pages may ask the public side (CORS), or `*`; empty: its own alone.",
    )
    staff_origins: str = Field(
        default="", description="Web origins, by commas, whose pages may ask the staff side; empty: its own alone."
    )
    public_site: str | None = Field(
        default=None,
        description="Where the public's pages are, as https://HOST, for links and codes at the desk; "
        "none: on the desk's own host.",
    )
    trusted_documents: Path | None = Field(
        default=None,
        description="Manifest, .graphql file or folder of both: documents that clients ask by their ids (docs/api.md).",
    )
    trusted_only: Sides = Field(
        default="none", description="Where nothing but these documents is answered: none, public, staff or both."
    )
    remembered_documents: int = Field(
        default=1000,
        ge=0,
        description="Most documents that clients have each side remember (Apollo's automatic persisted queries).",
    )
    log_format: Literal["console", "json"] = Field(default="console", description="Form of the log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged.")
    inbox: Path | None = Field(
        default=None, description="Folder below which sources watch folders for files; none: inbox in the home folder."
    )
    credentials: Path | None = Field(
        default=None,
        description="Folder of the files (mode 0600) that hold what the bureau signs in with, at sources and "
        "platforms; none: credentials in the home folder.",
    )
    smtp_host: str | None = Field(
        default=None, description="Server that tells staff by e-mail that something waits for them; none: inbox alone."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is encrypted; none only to a server on the own machine."
    )
    smtp_sender: str | None = Field(default=None, description="Address that e-mails come from; needed to send any.")
    smtp_user: str | None = Field(default=None, description="Name to sign in with at the server; none: without.")
    smtp_password_file: Path | None = Field(default=None, description="File (mode 0600) of its password.")
    font: Path | None = Field(
        default=None, description="Font file that PDFs are printed in; none: a Chinese font in the usual folders."
    )
    token: SecretStr | None = Field(default=None, description="Staff token that the command line acts under.")
    oidc_issuer: str | None = Field(
        default=None, description="OpenID Connect provider whose tokens are taken, as it names itself; none: own alone."
    )
    oidc_audience: str | None = Field(
        default=None, description="What a token's audience has to be: this bureau's name at the provider."
    )
    oidc_algorithms: str = Field(
        default="RS256 PS256 ES256",
        description="Algorithms that its tokens may be signed with.",
    )
    oidc_subject_claim: str = Field(
        default="sub", min_length=1, description="Claim by which a user of the bureau is found."
    )
    oidc_role_claim: str | None = Field(
        default=None,
        description="Claim that tells the role, such as `realm_access.roles`; none: the bureau does.",
    )
    oidc_department_claim: str | None = Field(
        default=None, description="Claim beside it that tells the department's code, `*` for all; none: all."
    )
    oidc_client_id: str | None = Field(
        default=None,
        description="The desk's client id at the provider; none: nobody signs in to the desk there.",
    )
    oidc_client_secret_file: Path | None = Field(
        default=None, description="File (mode 0600) of its secret, where it is a confidential client."
    )
    oidc_scopes: str = Field(
        default="openid",
        description="Scopes that it asks for; with `offline_access` sign-ins are renewed where tokens are short.",
    )
    oidc_audience_parameter: AudienceParameter = Field(
        default="resource",
        description="How it asks for the audience: `resource` (RFC 8707), `audience`, or `none`.",
    )
    oidc_skew: int = Field(default=60, ge=0, le=300, description="Seconds that the provider's clock may be off.")
    session_minutes: int = Field(
        default=480,
        ge=5,
        le=1440,
        description="Minutes that a user is signed in for by a password.",
    )
    language: Literal["zh", "en"] = Field(default="zh", description="Language of the command line's messages.")
    evidence_bytes: int = Field(
        default=20 * 1024 * 1024, ge=1, le=128 * 1024 * 1024, description="Most bytes of a file of evidence."
    )
    upload_bytes: int = Field(
        default=256 * 1024 * 1024, ge=1, description="Most bytes of one request with files; of others 1 MiB."
    )
    operation_seconds: float = Field(
        default=30, gt=0, le=3600, description="Seconds after which an operation over HTTP is stopped."
    )
    operation_cost: int = Field(
        default=50_000, ge=1, description="Most that one GraphQL operation may cost (docs/limits.md)."
    )
    operation_nodes: int = Field(
        default=50_000, ge=1, description="Most objects that the answer of one GraphQL operation may have."
    )
    caller_cost: int = Field(
        default=100_000,
        ge=1,
        description="Most that one caller may spend on operations at once; at least QIAN_OPERATION_COST.",
    )
    caller_cost_per_second: int = Field(
        default=5_000, ge=1, description="What each caller may spend again with every second."
    )
    metrics_readers: str = Field(
        default="",
        description="Addresses or networks, by commas, that may read /metrics on the staff side; none: nobody.",
    )
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
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses of proxies in front, by commas, whose X-Forwarded-For tells who calls.",
    )
    intake_per_caller: int = Field(
        default=10, ge=1, description="Most questions, and as many objections, that one address may send in a day."
    )
    intake_per_target: int = Field(
        default=50, ge=1, description="Most that may come in in a day about one campaign, or one published finding."
    )
    intake_per_day: int = Field(default=1000, ge=1, description="Most questions, and as many objections, in a day.")

    publication_days: int = Field(
        default=20, ge=1, le=200, description="Working days from a visit to the publication of its finding."
    )
    publication_warning_days: int = Field(
        default=5, ge=0, le=100, description="Working days before that day on which planners are warned."
    )
    warning_licence_days: int = Field(
        default=30, ge=1, le=3650, description="Days before its end from which on a licence is warned of."
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
    def address(self) -> str:
        """The address that it serves on."""
        return f"{'http' if self.tls_certificate is None else 'https'}://{self.host}:{self.port}"

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

    @field_validator("oidc_issuer")
    @classmethod
    def _safe(cls, value: str | None) -> str | None:
        if value is not None and not is_safe(value):
            raise ValueError("https://…, or http:// on this machine")
        return value

    @field_validator("oidc_algorithms")
    @classmethod
    def _asymmetric(cls, value: str) -> str:
        if not value.split() or not set(value.split()) <= set(ALGORITHMS):
            raise ValueError(" ".join(ALGORITHMS))
        return value

    @field_validator("oidc_scopes")
    @classmethod
    def _with_openid(cls, value: str) -> str:
        if "openid" not in value.split() or not value.isascii() or not value.isprintable():
            raise ValueError("openid, and others by spaces")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.oidc_issuer is not None and not self.oidc_audience:
            raise ValueError("QIAN_OIDC_AUDIENCE")
        if self.oidc_client_id is not None and self.oidc_issuer is None:
            raise ValueError("QIAN_OIDC_ISSUER")
        if self.oidc_client_secret_file is not None and self.oidc_client_id is None:
            raise ValueError("QIAN_OIDC_CLIENT_ID")
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("QIAN_TLS_CERTIFICATE, QIAN_TLS_KEY")
        return self

    @property
    def provider(self) -> Expected | None:
        """What is expected of a provider's tokens, None without one."""
        if self.oidc_issuer is None or self.oidc_audience is None:
            return None
        return Expected(
            self.oidc_issuer,
            self.oidc_audience,
            self.oidc_algorithms.split(),
            self.oidc_subject_claim,
            self.oidc_role_claim,
            self.oidc_department_claim,
            self.oidc_skew,
        )

    @property
    def provider_client(self) -> Client | None:
        """What the desk is at the provider, None where nobody signs in there; raises what `load_passphrase` raises."""
        if self.oidc_client_id is None or self.oidc_issuer is None or self.oidc_audience is None:
            return None
        return Client(
            self.oidc_issuer,
            self.oidc_client_id,
            None if self.oidc_client_secret_file is None else load_passphrase(self.oidc_client_secret_file),
            self.oidc_scopes,
            self.oidc_audience,
            self.oidc_audience_parameter,
        )

    @field_validator("public_origins", "staff_origins")
    @classmethod
    def _origins(cls, value: str, told: ValidationInfo) -> str:
        for origin in origins_of(value):
            anybody = origin == "*" and told.field_name == "public_origins"
            if not anybody and ORIGIN.fullmatch(origin) is None:
                raise ValueError("https://HOST or https://HOST:PORT, in lower case; * on the public side alone")
        return value

    @field_validator("public_site")
    @classmethod
    def _site(cls, value: str | None) -> str | None:
        if value is not None and ORIGIN.fullmatch(value) is None:
            raise ValueError("https://HOST or https://HOST:PORT, in lower case")
        return value

    @field_validator("metrics_readers")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks_of(value)
        return value

    @model_validator(mode="after")
    def _affordable(self) -> Self:
        if self.caller_cost < self.operation_cost:
            raise ValueError("QIAN_CALLER_COST is less than QIAN_OPERATION_COST")
        return self

    @property
    def cost_limits(self) -> CostLimits:
        """What operations may cost."""
        allowance = Allowance(self.caller_cost, self.caller_cost_per_second)
        return CostLimits(self.operation_cost, self.operation_nodes, allowance)

    @property
    def of_the_public_side(self) -> "Settings":
        """The settings of a process that serves the public side alone."""
        url = self.public_database_url
        return self if url is None else self.model_copy(update={"database_url": url})

    @property
    def inbox_folder(self) -> Path:
        """The folder below which sources watch folders."""
        return self.inbox or self.home / "inbox"

    @property
    def credentials_folder(self) -> Path:
        """The folder of the files that sources sign in with."""
        return self.credentials or self.home / "credentials"

    @property
    def intake(self) -> IntakeLimits:
        """How much anybody may hand in."""
        return IntakeLimits(self.intake_per_caller, self.intake_per_target, self.intake_per_day)

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
