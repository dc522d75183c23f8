"""How the service itself stands: its release, the log's keys and witnesses, and its settings without secrets (系统)."""

from datetime import UTC, datetime

import strawberry

from ledger.overview import HeldKey, HeldWitness, Overview
from schema.bureau import Bureau, Setting
from schema.public_types.ledger import Entry
from schema.scalars import BigInt
from schema.words import Language


@strawberry.type(description="A key of the log (日志密钥).")
class LogKey:
    """A key."""

    verifier_key: str = strawberry.field(description="Its verifier key, vkey (公钥).")
    since_size: BigInt = strawberry.field(
        description="The smallest number of entries whose checkpoint it signs (起始条目数)."
    )
    named_entry: Entry = strawberry.field(description="The entry that named it (启用条目).")
    ended_entry: Entry | None = strawberry.field(
        description="The entry by which it handed over to the next; nothing while it signs (停用条目)."
    )

    @classmethod
    def of(cls, held: HeldKey) -> "LogKey":
        """Make the answer of a key."""
        return cls(
            verifier_key=held.key.verifier.vkey,
            since_size=BigInt(held.key.since),
            named_entry=Entry.of(held.named_by),
            ended_entry=None if held.ended_by is None else Entry.of(held.ended_by),
        )


@strawberry.type(description="A witness that the bureau's policy names (见证方).")
class LogWitness:
    """A witness."""

    name: str = strawberry.field(description="The name that the policy gives it (名称).")
    verifier_key: str = strawberry.field(description="Its verifier key, vkey (公钥).")
    cosigned_size: BigInt = strawberry.field(
        description="The largest number of entries whose checkpoint it cosigned; 0 for none (已联署条目数)."
    )
    cosigned_at: datetime | None = strawberry.field(description="When it did, by its own clock (联署时间).")
    awaited: bool = strawberry.field(
        description="Whether its cosignature could still help the newest checkpoint to a quorum (待联署)."
    )

    @classmethod
    def of(cls, held: HeldWitness, awaited: bool) -> "LogWitness":
        """Make the answer of a witness."""
        return cls(
            name=held.witness.name,
            verifier_key=held.witness.verifier.vkey,
            cosigned_size=BigInt(held.size),
            cosigned_at=None if held.time is None else datetime.fromtimestamp(held.time, UTC),
            awaited=awaited,
        )


@strawberry.type(name="Setting", description="A setting of the service (系统设置).")
class SettingAnswer:
    """A setting."""

    name: str = strawberry.field(description="Its environment variable, such as QIAN_PORT (名称).")
    value: str | None = strawberry.field(
        description="Its value; nothing where it is not set, or where it names a file, a password or an address that "
        "may hold one, of which only is told whether it is set (值)."
    )
    is_set: bool = strawberry.field(description="Whether the operator set it; else the default holds (已设置).")
    description: str = strawberry.field(description="What it is, in the caller's language (说明).")

    @classmethod
    def of(cls, setting: Setting, language: Language) -> "SettingAnswer":
        """Make the answer of a setting."""
        said = setting.description[language]
        return cls(name=setting.name, value=setting.value, is_set=setting.is_set, description=said)


@strawberry.type(description="How the service itself stands (系统状况).")
class System:
    """The service."""

    version: str = strawberry.field(description="The release of Qian (软件版本).")
    origin: str = strawberry.field(description="The ledger's name for ever (日志名称, origin).")
    signed_size: BigInt = strawberry.field(description="How many entries the newest checkpoint signs (已签条目数).")
    last_entry: Entry | None = strawberry.field(description="The last of them (最新条目).")
    keys: list[LogKey] = strawberry.field(description="The log's keys, the first one first (日志密钥).")
    witness_policy: str | None = strawberry.field(
        description="The policy that names the witnesses and their quorum; nothing: there is none (见证策略)."
    )
    witnesses: list[LogWitness] = strawberry.field(description="The witnesses, as the policy has them (见证方).")
    quorum_met: bool = strawberry.field(
        description="Whether the newest checkpoint has its quorum; so it is where none is needed (已达法定见证数)."
    )
    settings: list[SettingAnswer] = strawberry.field(description="The settings, by name (系统设置).")

    @classmethod
    def of(cls, bureau: Bureau, found: Overview, language: Language) -> "System":
        """Make the answer of how the log stands at a bureau."""
        policy = bureau.witness_policy
        return cls(
            version=bureau.version,
            origin=bureau.origin,
            signed_size=BigInt(found.size),
            last_entry=None if found.last is None else Entry.of(found.last),
            keys=[LogKey.of(each) for each in found.keys],
            witness_policy=None if policy is None else policy.text,
            witnesses=[LogWitness.of(each, each.witness.name in found.awaited) for each in found.witnesses],
            quorum_met=not found.awaited,
            settings=[SettingAnswer.of(each, language) for each in bureau.told_settings],
        )
