"""The session of the desk that a request shows, and the token that the bureau keeps for it."""

from starlette.requests import HTTPConnection

from api.bureau import Bureau
from api.desk import cookies
from ledger.errors import Forbidden
from sampling.users import desk_sessions
from sampling.users.desk_sessions import DeskSession
from schema.transactions import Transactions


def shown_by(connection: HTTPConnection) -> str | None:
    """Return the id of the session whose cookie a connection brings."""
    return cookies.read(connection, cookies.SESSION)


async def session_of(bureau: Bureau, transactions: Transactions, identifier: str) -> DeskSession:
    """Return the session of an id; raises Forbidden("token_refused") where it has ended, or there never was one."""
    now = bureau.now
    found = await transactions.read(lambda tx: desk_sessions.find(tx, now, bureau.user_keys, identifier))
    if found is None:
        raise Forbidden("token_refused")
    return found.session
