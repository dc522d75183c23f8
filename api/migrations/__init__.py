"""Versions of the database's tables (Alembic). `alembic revision --autogenerate -m …` writes the next one."""
