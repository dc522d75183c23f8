"""Visits of an observational source, enough to learn from: who was fined before is found with more often."""

import hashlib
from datetime import date

from tests import bureau_files as files

SOURCE = """
name = "他市检查"
title = "他市检查记录"
version = "1"
kind = "inspection"
legal_basis = "样例条例第一条"
catalogue = "样例目录-002"
valid_from = 2020-01-01
observational = true
"""
FIRST, LAST = date(2024, 1, 1), date(2026, 6, 30)
ENTERPRISES = 120
VISITS = 480
FOUND = "发现问题待后续处理"


def registrations() -> list[files.Row]:
    return [
        files.registration(number, 成立日期="2023-06-01" if number % 4 == 0 else "2010-05-04")
        for number in range(1, ENTERPRISES + 1)
    ]


def penalties() -> list[files.Row]:
    return [files.penalty(number, f"罚{number}", "2023-01-10") for number in range(1, ENTERPRISES + 1, 3)]


def inspections() -> list[files.Row]:
    """Return visits: 60 in 100 of the fined find something, 45 of the young, 20 of the others."""
    return [inspection(number) for number in range(VISITS)]


def inspection(number: int) -> files.Row:
    enterprise = number % ENTERPRISES + 1
    given = [FOUND] if finds(number) else []
    return files.inspection(enterprise, f"他{number}", day_of(number).isoformat(), *given)


def finds(number: int) -> bool:
    """Tell whether a visit finds something."""
    enterprise = number % ENTERPRISES + 1
    limit = 154 if enterprise % 3 == 1 else 115 if enterprise % 4 == 0 else 51
    return hashlib.sha256(f"visit {number}".encode()).digest()[0] < limit


def day_of(number: int) -> date:
    """Return the day of a visit."""
    return FIRST + (LAST - FIRST) * number // VISITS


FILES = {"registration": registrations(), "penalty": penalties(), "他市检查": inspections()}
"""The rows of each source."""
