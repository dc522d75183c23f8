"""What the commands say of a campaign's beacon."""

from api.command_line.output import Output
from ledger.entries import Entry
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Beacon, Ceremony, Drand, Sources


def beacon_text(output: Output, frozen: Entry) -> str:
    """Return what a frozen entry's beacon is, for reading: its kind, what will decide and when, its entropy."""
    beacon = parse_beacon(frozen.body["beacon"])
    lines = [output.word(f"beacons.{beacon.kind}"), *_what_decides(output, beacon)]
    lines.append(output.word("beacon_entropy", bits=beacon.entropy_bits))
    if isinstance(beacon, Ceremony | Sources) and beacon.fallback is not None:
        lines.append(output.word("beacon_fallback", kind=output.word(f"beacons.{beacon.fallback.kind}")))
        lines += _what_decides(output, beacon.fallback)
    return "\n".join(lines)


def _what_decides(output: Output, beacon: Beacon) -> list[str]:
    if isinstance(beacon, Drand):
        chain, due = beacon.chain.hash.hex(), output.text(beacon.not_before)
        return [output.word("beacon_round", round=beacon.round, chain=chain, due=due)]
    if isinstance(beacon, Sources):
        return [f"{each.name} ({output.text(each.at)})" for each in beacon.sources]
    if isinstance(beacon, Ceremony):
        lines = [output.word("beacon_deadline", deadline=output.text(beacon.deadline))]
        if beacon.throw is not None:
            throw = beacon.throw
            lines.append(
                output.word(
                    f"beacon_{throw.what}",
                    count=throw.count,
                    of=throw.of,
                    before="、".join(throw.before),
                    deadline=output.text(throw.deadline),
                )
            )
        return lines
    return [output.text(beacon.not_before)]
