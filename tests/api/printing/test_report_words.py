"""Everything that a report may tell has its Chinese."""

from api.printing import report_words as words
from sampling import campaigns, disclosures
from sampling.beacons import Ceremony, Drand, Local, Sources
from sampling.entry_kinds import ATTESTED
from sampling.listings import CampaignType
from sampling.reporting import DeviationKind
from sampling.reports.campaign_report import NEVER_PUBLIC


def test_every_state_type_beacon_deviation_and_entry_has_its_word() -> None:
    assert set(words.STATES) == set(campaigns.STATES.values())
    assert set(words.TYPES) == set(CampaignType)
    assert set(words.BEACONS) == {beacon.kind for beacon in (Ceremony, Drand, Local, Sources)}
    assert set(words.DEVIATIONS) == set(DeviationKind) - set(NEVER_PUBLIC)
    assert set(words.ENTRIES) == {*disclosures.KINDS, ATTESTED}
