"""What comes of a beacon between freeze and draw: reveals, values, rounds (随机数)."""

from typing import Annotated

import strawberry

from ledger import entries
from sampling import announcing
from schema.context import Info
from schema.decorators import mutation
from schema.errors import RefusalAnswer
from schema.public_types.ledger import Entry
from schema.scalars import BigInt, Digest
from schema.staff_mutations.arguments import CampaignCode
from schema.staff_types.payloads import BeaconPayload, RevealPayload, attempt

PartyName = Annotated[str, strawberry.argument(description="The party's name (参与方名称).")]
Salt = Annotated[Digest, strawberry.argument(description="The salt of its commitment (盐).")]
Value = Annotated[Digest, strawberry.argument(description="The value of its commitment (随机值).")]
Values = Annotated[
    list[str],
    strawberry.argument(
        description="What fell, as one text; or what each source published, in their order. Numbers may be parted by "
        "spaces, commas or points (数值)."
    ),
]
Signature = Annotated[
    str, strawberry.argument(description="The round's signature in hex, as any node gives it (轮次签名).")
]
Previous = Annotated[
    str | None, strawberry.argument(description="The signature before it, where the chain signs that (前一轮签名).")
]
RoundNumber = Annotated[
    BigInt | None, strawberry.argument(description="Which round it is; none: the named one (轮次).")
]


@strawberry.type
class BeaconMutations:
    """What a beacon gives."""

    @mutation("Record what a party of the ceremony reveals (揭示随机值).")
    async def reveal_beacon(
        self, info: Info, campaign: CampaignCode, party: PartyName, salt: Salt, value: Value
    ) -> RevealPayload:
        """Record a reveal."""
        waiting, refusal = await attempt(
            info, lambda tx, actor, now: announcing.reveal(tx, actor, now, campaign, party, salt, value)
        )
        return RevealPayload(waiting_for=waiting, refusal=refusal)

    @mutation("Enter what the dice showed or the sources published; another person confirms it (录入数值).")
    async def enter_beacon_values(self, info: Info, campaign: CampaignCode, values: Values) -> BeaconPayload:
        """Enter values."""
        return _payload(
            *await attempt(info, lambda tx, actor, now: announcing.enter_values(tx, actor, now, campaign, values))
        )

    @mutation("Confirm what another person entered, by reading it from the dice or the publication (复核数值).")
    async def confirm_beacon_values(self, info: Info, campaign: CampaignCode, values: Values) -> BeaconPayload:
        """Confirm values."""
        return _payload(
            *await attempt(info, lambda tx, actor, now: announcing.confirm_values(tx, actor, now, campaign, values))
        )

    @mutation("Hand in the round of drand that a campaign names, on a network that reaches no node (录入轮次).")
    async def enter_beacon_round(
        self,
        info: Info,
        campaign: CampaignCode,
        signature: Signature,
        previous_signature: Previous = None,
        number: RoundNumber = None,
    ) -> BeaconPayload:
        """Hand in a round."""
        return _payload(
            *await attempt(
                info,
                lambda tx, actor, now: announcing.enter_round(
                    tx, actor, now, campaign, number, signature, previous_signature
                ),
            )
        )


def _payload(entry: entries.Entry | None, refusal: RefusalAnswer | None) -> BeaconPayload:
    return BeaconPayload(entry=None if entry is None else Entry.of(entry), refusal=refusal)
