"""What administrators do with users: each step, who may, and what the log and the audit say of it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from ledger import log
from ledger.actors import Actor, Role
from ledger.audit import Fault, audit
from ledger.note import Verifier
from ledger.windows import Window
from sampling.entry_kinds import USER_CHANGED
from sampling.tables import BINDINGS
from sampling.users import managing, registry, signing_in
from sampling.users.auditing import audit_credentials
from sampling.users.states import State, Step, UserFilter, UserOrder, Way
from sampling.users.tables import staff_user, user_credential
from scoring.tables import BINDINGS as SCORING_BINDINGS
from tests import tampering
from tests.dumping import dump
from tests.sampling.bureau import SIGNER
from tests.sampling.users.office import ADMINISTRATOR, KEYS, NOW, PASSWORD, Office

OF_ZJ = Actor("admin-zj", Role.ADMINISTRATOR, "ZJ")


def test_a_user_is_invited_changed_disabled_and_enabled_and_each_step_is_an_entry(office: Office) -> None:
    session = office.accepted("计划员")
    office.refuse(
        "version_stale", lambda tx: managing.change(tx, ADMINISTRATOR, NOW, "计划员", Role.ANALYST, "SC", if_version=9)
    )
    office.do(lambda tx: managing.change(tx, ADMINISTRATOR, NOW, "计划员", Role.ANALYST, "SC"))
    now_is = office.ask(lambda tx: signing_in.of_session(tx, "计划员", session.sessions))
    assert now_is == Actor("计划员", Role.ANALYST, "SC")  # a token of before has the new role at once
    office.do(lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "计划员"))
    found = office.do(lambda tx: managing.enable(tx, ADMINISTRATOR, NOW, "计划员"))
    assert (found.state, found.role, found.department) == (State.ACTIVE, Role.ANALYST, "SC")
    with pytest.raises(Exception, match="token_refused"):  # but those of before a disabling are gone
        office.ask(lambda tx: signing_in.of_session(tx, "计划员", session.sessions))
    steps = [each.step for each in office.ask(lambda tx: managing.changes(tx, ADMINISTRATOR, "计划员"))]
    assert steps == ["enabled", "disabled", "changed", "accepted", "added"]
    entries = office.ask(lambda tx: log.of_kind(tx, USER_CHANGED))
    assert len(entries) == len(steps)
    for entry in entries:
        assert entry.body.keys() == {"subject", "documents"}
        assert "计划员" not in str(entry.body)


def test_the_list_is_in_order_and_an_administrator_of_a_department_sees_its_own(office: Office) -> None:
    for subject, department in (("b", "ZJ"), ("c", "SC"), ("a", None)):
        office.invite(subject, department=department)
    of_all = office.ask(lambda tx: managing.users(tx, ADMINISTRATOR))
    assert [each.subject for each in of_all] == ["a", "b", "c"]
    window = Window(1, after=("a",))
    assert [each.subject for each in office.ask(lambda tx: managing.users(tx, ADMINISTRATOR, window))] == ["b"]
    assert office.ask(lambda tx: managing.count(tx, OF_ZJ)) == 1
    assert [each.subject for each in office.ask(lambda tx: managing.users(tx, OF_ZJ))] == ["b"]
    assert office.ask(lambda tx: managing.users(tx, ADMINISTRATOR, chosen=UserFilter(State.ACTIVE))) == []


def test_users_are_chosen_by_state_role_department_and_words_and_go_by_their_last_change(office: Office) -> None:
    for subject, role, department in (
        ("张三丰", Role.PLANNER, "ZJ"),
        ("李四", Role.ANALYST, "ZJ"),
        ("Zhang San", Role.PLANNER, "SC"),
    ):
        office.do(
            partial(managing.add, actor=ADMINISTRATOR, now=NOW, subject=subject, role=role, department=department)
        )

    def found(order: UserOrder = UserOrder.SUBJECT, **asked: Any) -> list[str]:
        chosen = UserFilter(**asked)
        users = office.ask(lambda tx: managing.users(tx, ADMINISTRATOR, chosen=chosen, order=order))
        assert office.ask(lambda tx: managing.count(tx, ADMINISTRATOR, chosen)) == len(users)
        return [each.subject for each in users]

    assert found(role=Role.PLANNER) == ["Zhang San", "张三丰"]
    assert found(department="ZJ", state=State.ACTIVE) == ["张三丰", "李四"]
    assert found(text="张三") == ["张三丰"]
    assert found(text="ｚＨＡＮＧ") == ["Zhang San"]
    assert found(text="ｚＨＡＮＧ", department="ZJ") == []
    office.do(partial(managing.disable, actor=ADMINISTRATOR, now=NOW + timedelta(hours=1), subject="Zhang San"))
    assert found(UserOrder.CHANGED)[-1] == "Zhang San"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_manages_users(office: Office, role: Role) -> None:
    office.invite("计划员")
    actor = Actor("somebody", role, "ZJ")
    for step in (
        lambda tx: managing.invite(tx, actor, NOW, "x", Role.PLANNER, "ZJ"),
        lambda tx: managing.add(tx, actor, NOW, "x", Role.PLANNER, "ZJ"),
        lambda tx: managing.add_client(tx, actor, NOW, "x", "ZJ"),
        lambda tx: managing.invite_again(tx, actor, NOW, "计划员"),
        lambda tx: managing.change(tx, actor, NOW, "计划员", Role.ANALYST, "ZJ"),
        lambda tx: managing.disable(tx, actor, NOW, "计划员"),
        lambda tx: managing.enable(tx, actor, NOW, "计划员"),
        lambda tx: managing.reset_second_factor(tx, actor, NOW, "计划员"),
        lambda tx: managing.rotate_secret(tx, actor, NOW, "计划员"),
    ):
        office.refuse("role_not_allowed", step)


def test_an_administrator_of_a_department_manages_nobody_else(office: Office) -> None:
    office.invite("of-sc", department="SC")
    office.invite("of-all", department=None)
    for subject in ("of-sc", "of-all"):
        office.refuse("user_missing", partial(managing.disable, actor=OF_ZJ, now=NOW, subject=subject))
        office.refuse("user_missing", partial(managing.user, actor=OF_ZJ, subject=subject))
    for department in ("SC", None):
        wanted: dict[str, Any] = {"subject": "x", "role": Role.ADMINISTRATOR, "department": department}
        office.refuse("department_not_allowed", partial(managing.invite, actor=OF_ZJ, now=NOW, **wanted))
    office.do(lambda tx: managing.invite(tx, OF_ZJ, NOW, "x", Role.ADMINISTRATOR, "ZJ"))
    office.refuse("department_not_allowed", lambda tx: managing.change(tx, OF_ZJ, NOW, "x", Role.PLANNER, "SC"))


def test_what_cannot_be_is_refused(office: Office) -> None:
    office.invite("计划员")

    def invite(tx: Any, subject: str = "x", role: Role = Role.PLANNER, department: str | None = "ZJ") -> object:
        return managing.invite(tx, ADMINISTRATOR, NOW, subject, role, department)

    office.refuse("user_exists", lambda tx: invite(tx, "计划员"))
    office.refuse("user_subject_missing", lambda tx: invite(tx, " "))
    office.refuse("text_too_long", lambda tx: invite(tx, "x" * 101))
    office.refuse("text_control_character", lambda tx: invite(tx, "x\x00"))
    office.refuse("user_subject_of_client", lambda tx: invite(tx, "client:x"))
    office.refuse("department_missing", lambda tx: invite(tx, department="XX"))
    office.refuse("user_role_of_client", lambda tx: invite(tx, role=Role.PEER))
    office.refuse("client_name_unusable", lambda tx: managing.add_client(tx, ADMINISTRATOR, NOW, "a b", "ZJ"))
    office.refuse("user_missing", lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "x"))
    office.refuse("user_not_disabled", lambda tx: managing.enable(tx, ADMINISTRATOR, NOW, "计划员"))
    office.refuse("second_factor_missing", lambda tx: managing.reset_second_factor(tx, ADMINISTRATOR, NOW, "计划员"))
    office.refuse("user_is_no_client", lambda tx: managing.rotate_secret(tx, ADMINISTRATOR, NOW, "计划员"))
    office.refuse("user_unchanged", lambda tx: managing.change(tx, ADMINISTRATOR, NOW, "计划员", Role.PLANNER, "ZJ"))
    office.do(lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "计划员"))
    office.refuse("user_is_disabled", lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "计划员"))
    office.refuse("user_is_disabled", lambda tx: managing.invite_again(tx, ADMINISTRATOR, NOW, "计划员"))


def test_the_last_administrator_of_the_whole_bureau_stays(office: Office) -> None:
    office.accepted("first", Role.ADMINISTRATOR, None)
    office.accepted("of-zj", Role.ADMINISTRATOR, "ZJ")
    office.invite("invited", Role.ADMINISTRATOR, None)
    for step in (
        lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "first"),
        lambda tx: managing.invite_again(tx, ADMINISTRATOR, NOW, "first"),
        lambda tx: managing.change(tx, ADMINISTRATOR, NOW, "first", Role.PLANNER, None),
        lambda tx: managing.change(tx, ADMINISTRATOR, NOW, "first", Role.ADMINISTRATOR, "ZJ"),
    ):
        office.refuse("last_administrator", step)
    office.do(lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "of-zj"))
    office.do(lambda tx: managing.add(tx, ADMINISTRATOR, NOW, "second", Role.ADMINISTRATOR, None))
    office.do(lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "first"))
    office.refuse("last_administrator", lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "second"))


def test_another_invitation_takes_password_tokens_and_the_invitation_of_before(office: Office) -> None:
    first = office.invite("计划员")
    second = office.do(lambda tx: managing.invite_again(tx, ADMINISTRATOR, NOW, "计划员")).secret
    with pytest.raises(Exception, match="invitation_refused"):
        signing_in.accept(office, KEYS, NOW, first, PASSWORD, None)
    session = signing_in.accept(office, KEYS, NOW, second, PASSWORD, None)
    handed = office.do(lambda tx: managing.invite_again(tx, ADMINISTRATOR, NOW, "计划员"))
    assert (handed.user.state, handed.user.step) == (State.INVITED, Step.INVITED_AGAIN)
    for step in (
        lambda: office.sign_in("计划员"),
        lambda: office.ask(lambda tx: signing_in.of_session(tx, "计划员", session.sessions)),
    ):
        with pytest.raises(Exception, match="refused"):
            step()
    signing_in.accept(office, KEYS, NOW, handed.secret, PASSWORD, None)


def test_secrets_are_nowhere_in_the_database(office: Office) -> None:
    invitation = office.invite("计划员")
    client = office.do(lambda tx: managing.add_client(tx, ADMINISTRATOR, NOW, "sc", "SC"))
    office.accepted("analyst", Role.ANALYST)
    held = str(dump(office.database))
    for secret in (invitation, client.secret, PASSWORD):
        assert secret not in held
    assert client.user.way is Way.CLIENT


def test_the_audit_names_a_role_or_a_password_that_somebody_put_into_the_database(office: Office) -> None:
    office.accepted("计划员")
    office.accepted("analyst", Role.ANALYST)
    with office.write() as tx:
        log.sign_checkpoint(tx, SIGNER)
    verifier, bound = Verifier.from_vkey(SIGNER.verifier_key), (*SCORING_BINDINGS, *BINDINGS)
    assert office.ask(lambda tx: audit(tx, verifier, bound, [audit_credentials])) == []
    with office.write() as tx:
        tampering.drop_triggers(tx)
        document = tx.execute(
            staff_user.select().where(staff_user.c.subject == "计划员", staff_user.c.version == 2)
        ).one()
        tx.execute(staff_user.update().where(staff_user.c.document == document.document).values(role="administrator"))
        proof = registry.credential(tx, "analyst").proof
        tx.execute(user_credential.update().where(user_credential.c.subject == "计划员").values(proof=proof))
        tx.execute(
            user_credential.insert().from_select(
                user_credential.columns.keys(),
                user_credential.select()
                .with_only_columns(
                    *(each if each.name != "subject" else each + "2" for each in user_credential.columns)
                )
                .where(user_credential.c.subject == "analyst"),
            )
        )
        faults = audit(tx, verifier, bound, [audit_credentials])
    assert faults == [
        Fault("staff_user", f"document={document.document} line=0", "row_changed"),
        Fault("user_credential", "subject=计划员", "credential_changed"),
        Fault("user_credential", "subject=analyst2", "credential_without_user"),
    ]
