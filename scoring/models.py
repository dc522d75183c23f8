"""Models in the bureau: which one grades now, and how another one takes its place."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.errors import Missing
from ledger.log import NewEntry
from ledger.tables import log_entry
from scoring.entry_kinds import ADOPTED
from scoring.model import Model, parse_model
from scoring.tables import MODEL, model


@dataclass(frozen=True)
class AdoptedModel:
    """A model in force: the document that binds it, and the model read from its text."""

    document: str
    model: Model
    text: str


def default_text() -> str:
    """Return the text of Qian's own example model, which is no official scheme."""
    return files("scoring").joinpath("default_model.toml").read_text("utf-8")


def adopt(tx: Connection, actor: Actor, now: datetime, text: str) -> AdoptedModel:
    """Put a model in force unless it is the one in force; raises what `parse_model` raises."""
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    parsed = parse_model(text)
    log.lock(tx)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    latest = _latest(tx)
    if latest is not None and latest.text == text:
        return latest
    row = {"name": parsed.name, "version": str(parsed.version), "sha256": sha256, "text": text}
    sealed = documents.seal(tx, "model", {"by": actor.subject}, [(MODEL, [row])])
    log.append(tx, now, [NewEntry(ADOPTED, sealed.id, {"model": sealed})])
    return AdoptedModel(sealed.id, parsed, text)


def in_force(tx: Connection) -> AdoptedModel:
    """Return the model that grades now; raises Missing before the first is adopted."""
    latest = _latest(tx)
    if latest is None:
        raise Missing("model_missing")
    return latest


def read(tx: Connection, actor: Actor) -> AdoptedModel:
    """Return the model that grades now to those who may see how grades come about."""
    actor.require(Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)
    return in_force(tx)


def _latest(tx: Connection) -> AdoptedModel | None:
    newest = (
        select(log_entry.c.subject).where(log_entry.c.kind == ADOPTED).order_by(log_entry.c.seq.desc()).limit(1)
    ).scalar_subquery()
    row = tx.execute(select(model).where(model.c.document == newest)).one_or_none()
    return None if row is None else AdoptedModel(row.document, parse_model(row.text), row.text)


def scale_of(tx: Connection, document: str) -> tuple[str, ...]:
    """Return the grades of an adopted model, low risk first."""
    text = tx.execute(select(model.c.text).where(model.c.document == document)).scalar_one()
    return parse_model(text).labels
