"""A proposal as a model's document, which tells in comments how it came about.

The comments are part of the text that is sealed and reviewed, so that whoever reads the model has them, and an auditor
who reads the same visits can compute the digest of the examples, and all of the proposal, again.
"""

import re
import tomllib
from collections.abc import Collection

from ledger.canonical import canonical
from scoring.learning.documents import toml_text, with_learned
from scoring.learning.learner import Proposal

LONGEST_VERSION = 40


def draft_text(text: str, proposal: Proposal, version: str, author: str | None = None, source: str = "") -> str:
    """Return the document of a proposal, made of the text in force; the author stays unless another one is named.

    `source` says in one line which visits were read. The same proposal gives the same text.
    """
    head = {"version": version} if author is None else {"version": version, "author": author}
    tables = with_learned(tomllib.loads(text), proposal.model, head)
    return toml_text(tables, _comments(proposal, source))


def next_version(version: str, taken: Collection[str]) -> str:
    """Return a version that is not taken: this one with its last number counted up, or with 2 behind it."""
    parts = re.fullmatch(r"(.*?)([0-9]+)([^0-9]*)", version, re.DOTALL)
    before, number, after = (f"{version}.", 1, "") if parts is None else (parts[1], int(parts[2]), parts[3])
    while (found := f"{before}{number + 1}{after}"[:LONGEST_VERSION]) in taken or found == version:
        number += 1
    return found


def _comments(proposal: Proposal, source: str) -> list[str]:
    told = canonical(proposal.document()).decode()
    base = proposal.base
    return [
        "本稿由 Qian 根据检查结果学习提出，须经他人审核、由第三步启用后方可使用；定性规则与现行模型相同。",
        "Learned by Qian from findings: a draft, which another person reviews before it can be put in force.",
        "",
        f"基础模型 Base: {base.name} {base.version}, SHA-256 {base.digest()}",
        *([f"数据 Data: {source}"] if source else []),
        f"期间 Period: {proposal.first} – {proposal.last}",
        f"检查 Visits: {proposal.visits}; 发现问题 with findings: {proposal.findings}",
        f"样本摘要 Examples, SHA-256: {proposal.digest}",
        f"比较 Champion against challenger: {proposal.advice.value}",
        "",
        "学习经过（百万分之一） How it was learned (in millionths):",
        told,
    ]
