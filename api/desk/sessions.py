"""The session of the desk that a request shows, and its beginning and end."""

from datetime import datetime

from sqlalchemy import Connection
from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.desk import cookies
from sampling.users import desk_sessions
from sampling.users.desk_sessions import DeskSession
from sampling.users.secret_texts import UserKeys
from schema.transactions import Transactions


def shown_by(connection: HTTPConnection) -> str | None:
    """Return the id of the session whose cookie a connection brings."""
    return cookies.read(connection, cookies.SESSION)


async def begin(
    connection: HTTPConnection,
    answer: Response,
    transactions: Transactions,
    keys: UserKeys,
    now: datetime,
    session: DeskSession,
) -> None:
    """Begin a session and have the browser keep its id, in the place of one that it had before."""
    before = shown_by(connection)

    def work(tx: Connection) -> str:
        if before is not None:
            desk_sessions.end(tx, before)
        return desk_sessions.begin(tx, now, keys, session)

    identifier = await transactions.note(work)
    cookies.put(connection, answer, cookies.SESSION, identifier, int((session.until - now).total_seconds()))


async def end(connection: HTTPConnection, answer: Response, transactions: Transactions) -> None:
    """End the session that a connection shows, and have the browser forget it."""
    identifier = shown_by(connection)
    if identifier is not None:
        await transactions.note(lambda tx: desk_sessions.end(tx, identifier))
    cookies.drop(connection, answer, cookies.SESSION)
