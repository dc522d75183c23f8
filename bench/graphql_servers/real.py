"""Three queries that front-ends and auditors ask of a bureau."""

CAMPAIGN = "2026-0001"
PAGE = 100
ENTRIES_SHOWN = 100
PROOFS_SHOWN = 20

_PAGE_INFO = "pageInfo { hasNextPage endCursor }"
_PROOFS = " ".join(f"of{seq}: inclusionProof(seq: {seq}) {{ seq size root hashes }}" for seq in range(PROOFS_SHOWN))
QUERIES = {
    "enterprises": f"""{{ enterprises(first: {PAGE}) {{
      nodes {{ id code name sector region address established status formerNames {{ name }} }} {_PAGE_INFO} }} }}""",
    "campaign": f"""{{ campaign(code: "{CAMPAIGN}") {{
      code title state startsOn endsOn frameSize frameRoot toDraw departments {{ code name }} publishedCount
      findings(first: {PAGE}) {{ nodes {{
        id number position enterpriseCode enterpriseName departmentName itemNames visitedOn
        results {{ code text }} followUp {{ code text }} publishedAt
        opening {{ position root slot salt sealed proof }} }} {_PAGE_INFO} }} }} }}""",
    "ledger": f"""{{ ledger {{ origin size checkpoint
      entries(first: {ENTRIES_SHOWN}) {{ nodes {{ seq time kind subject leafHash text }} {_PAGE_INFO} }}
      {_PROOFS} }} }}""",
}
"""By name; the first is asked of the staff's schema, the others of the public one."""
