"""Runs a whole campaign by the typed client: python campaign.py.

It is told by the environment

QIAN_URL     the staff endpoint
QIAN_TOKENS  tokens by whose they are: administrator, planner, reviewer, and the inspectors' certificate numbers (JSON)
QIAN_FILES   a CSV file by the source that it is of, in the order in which they are taken in (JSON)
QIAN_PLAN    the plan (JSON, PlanInput)

and prints the campaign's code and how many findings it published.
"""

import json
import os
import time
import uuid
from pathlib import Path

from qian_client import Client, FollowUpCode, JobState, PlanInput, ResultCode, SignatureInput, Upload
from qian_client.enums import SignatureKind
from qian_client.fragments import JobStanding, Refused
from qian_client.visits import VisitsVisitsNodes

PAGE = 20
TOKENS = json.loads(os.environ["QIAN_TOKENS"])


def client_of(whose: str) -> Client:
    """Return a client that asks as somebody."""
    headers = {"Authorization": f"Bearer {TOKENS[whose]}", "GraphQL-Require-Preflight": "true"}
    return Client(os.environ["QIAN_URL"], headers)


def require(refusal: Refused | None) -> None:
    """End the program where a mutation was refused."""
    if refusal is not None:
        raise SystemExit(f"{refusal.code}: {refusal.message} {refusal.remedy}")


def finish(client: Client, job: JobStanding | None) -> None:
    """Wait until a job is done."""
    while job is not None and job.state in (JobState.WAITING, JobState.RUNNING):
        time.sleep(0.1)
        job = client.job_stands(job.id).job
    if job is None or job.state is not JobState.DONE:
        raise SystemExit("a job failed")


def visits(client: Client, campaign: str) -> list[VisitsVisitsNodes]:
    """Return all visits of a campaign, page by page."""
    found: list[VisitsVisitsNodes] = []
    after: str | None = None
    while True:
        page = client.visits(campaign=campaign, first=PAGE, after=after).visits
        assert page is not None
        found += page.nodes
        if not page.page_info.has_next_page:
            return found
        after = page.page_info.end_cursor


def main() -> None:
    """Run a campaign."""
    administrator, planner, reviewer = client_of("administrator"), client_of("planner"), client_of("reviewer")
    for source, path in json.loads(os.environ["QIAN_FILES"]).items():
        with Path(path).open("rb") as content:
            file = Upload(filename=Path(path).name, content=content, content_type="text/csv")
            imported = administrator.import_file(file=file, source=source).import_file
        require(imported.refusal)
        finish(administrator, imported.job)
    graded = administrator.grade_enterprises().grade_enterprises
    require(graded.refusal)
    finish(administrator, graded.job)

    # Asked twice under one key, as after a lost answer: it is one campaign.
    plan = PlanInput.model_validate_json(os.environ["QIAN_PLAN"])
    key = {"Idempotency-Key": str(uuid.uuid4())}
    planned = planner.plan_campaign(plan=plan, headers=key).plan_campaign
    require(planned.refusal)
    assert planned.campaign is not None
    campaign = planned.campaign.code
    assert planner.plan_campaign(plan=plan, headers=key).plan_campaign == planned

    frozen = planner.freeze_campaign(campaign=campaign).freeze_campaign
    require(frozen.refusal)
    finish(planner, frozen.job)
    require(planner.draw_campaign(campaign=campaign).draw_campaign.refusal)
    require(planner.match_campaign(campaign=campaign).match_campaign.refusal)

    for visit in visits(planner, campaign):
        lead, second = (client_of(member.certificate) for member in visit.team[:2])
        enterprise = visit.enterprise_code
        recorded = lead.record_finding(
            campaign=campaign,
            enterprise=enterprise,
            visited_on=plan.starts_on,
            results=[ResultCode.NO_PROBLEM],
            follow_up=FollowUpCode.NONE,
            facts="现场核对",
            signature=SignatureInput(how=SignatureKind.SIGNED, by="样例负责人"),
        )
        require(recorded.record_finding.refusal)
        require(second.confirm_finding(campaign=campaign, enterprise=enterprise).confirm_finding.refusal)
        require(reviewer.review_finding(campaign=campaign, enterprise=enterprise).review_finding.refusal)
    published = planner.publish_findings(campaign=campaign).publish_findings
    require(published.refusal)
    closed = planner.close_campaign(campaign=campaign).close_campaign
    require(closed.refusal)
    assert closed.campaign is not None
    told = {"campaign": campaign, "published": published.published_count, "state": closed.campaign.state.value}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
