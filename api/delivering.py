"""Sending deliveries to the platforms: many at once, bounded, and in order for each enterprise.

A thread for each platform that has something to send claims deliveries, sends them from a pool of threads, and records
what came of them some at a time. Whoever is killed leaves what it claimed to the next one, who sends it again under the
same idempotency key. A worker process sends to a platform at most what its document says at once.
"""

import secrets
import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any, Final
from urllib.parse import quote

import httpx2
import orjson
import structlog
from sqlalchemy.exc import OperationalError

from api import logs
from api.bounded_http import EndlessAnswer, new_client, read_bounded
from api.bureau import Bureau
from api.settings import Settings
from ledger import outbox
from ledger.calendar import civil_date
from ledger.deliveries import Delivery, Outcome, State
from ledger.errors import Conflict, Invalid, Refusal
from ledger.keys import load_passphrase
from sampling.exchange import sending
from sampling.exchange.answers import answered, told_later
from sampling.exchange.platform import Platform, Push
from sampling.exchange.sending import Letter

ROUND_SECONDS: Final = 2.0
TOGETHER_SECONDS: Final = 0.01
"""How long it is waited for more answers, which are then recorded in one transaction."""
AHEAD: Final = 3
"""How many deliveries are claimed for each that is being sent, so that none waits for the database."""
LARGEST_CLAIM: Final = 200

_log = structlog.get_logger("qian.delivering")

Clock = Callable[[], datetime]


def keep_delivered(bureau: Bureau, stop: Event) -> None:
    """Send what is to be sent until `stop` is set; each platform in a thread of its own."""
    running: dict[str, Thread] = {}
    while not stop.is_set():
        try:
            with bureau.read() as tx:
                now = bureau.now
                found = sending.waiting(tx, now, civil_date(now))
            for platform in found:
                if platform.name not in running or not running[platform.name].is_alive():
                    running[platform.name] = Thread(
                        target=_send_logged, args=(bureau, platform, stop), name=f"to {platform.name}", daemon=True
                    )
                    running[platform.name].start()
        except Exception as error:  # such as a database that is away
            logs.unexpected(error, with_trace=True)
        stop.wait(ROUND_SECONDS)
    for thread in running.values():
        thread.join()


def _send_logged(bureau: Bureau, platform: Platform, stop: Event) -> None:
    try:
        send(bureau, platform, stop)
    except Exception as error:
        logs.unexpected(error, with_trace=True)


def send(bureau: Bureau, platform: Platform, stop: Event | None = None, clock: Clock | None = None) -> int:
    """Send what is to be sent to a platform now, and return how many deliveries came to something.

    Each delivery is tried once: what fails is tried again later.
    """
    return _Sender(bureau, platform, stop or Event(), clock or _utc_now).run()


class _Sender:
    """Sends to one platform."""

    def __init__(self, bureau: Bureau, platform: Platform, stop: Event, clock: Clock) -> None:
        if platform.push is None:
            raise Conflict("platform_without_push", platform=platform.name)
        self._bureau = bureau
        self._platform = platform
        self._push = platform.push
        self._stop = stop
        self._clock = clock
        self._name = f"{socket.gethostname()[:40]}-{secrets.token_hex(8)}"
        self._settled = 0

    def run(self) -> int:
        """Send until nothing is left that could be sent now."""
        try:
            headers = _headers(self._bureau.settings, self._push)
        except Refusal as refusal:
            self._fail_all(refusal)
            return self._settled
        flying: dict[Future[Outcome], Delivery] = {}
        limits = httpx2.Limits(max_connections=self._push.at_once, max_keepalive_connections=self._push.at_once)
        with (
            new_client(headers, limits) as client,
            ThreadPoolExecutor(self._push.at_once, f"to {self._platform.name}") as pool,
        ):
            try:
                self._go_on(client, pool, flying)
                while flying:
                    self._go_on(client, pool, flying)
            finally:
                for future in flying:
                    future.cancel()
                self._let_go()
        return self._settled

    def _go_on(self, client: httpx2.Client, pool: ThreadPoolExecutor, flying: dict[Future[Outcome], Delivery]) -> None:
        """Wait for answers, record them, and claim as many deliveries anew."""
        done: list[tuple[Delivery, Outcome]] = []
        if flying:
            wait(flying, return_when=FIRST_COMPLETED)
            time.sleep(TOGETHER_SECONDS)
            done = [(flying.pop(each), each.result()) for each in list(flying) if each.done()]
        wanted = min(self._push.at_once * AHEAD - len(flying), LARGEST_CLAIM)
        for letter in self._record_and_claim(done, 0 if self._stop.is_set() else wanted):
            flying[pool.submit(self._send, client, letter)] = letter.delivery

    def _record_and_claim(self, done: list[tuple[Delivery, Outcome]], wanted: int) -> list[Letter]:
        with self._bureau.database.write() as tx:
            now = self._clock()
            outbox.settle(tx, now, self._name, {delivery.number: outcome for delivery, outcome in done})
            self._settled += len(done)
            return sending.claim(tx, now, self._name, self._platform, self._bureau.origin, wanted)

    def _let_go(self) -> None:
        try:
            with self._bureau.database.write() as tx:
                outbox.let_go(tx, self._clock(), self._name)
        except OperationalError:  # whose lease runs out instead
            return

    def _fail_all(self, refusal: Refusal) -> None:
        """Record that nothing can be sent, such as without the token."""
        _log.error("platform_unusable", platform=self._platform.name, code=refusal.code)
        with self._bureau.database.write() as tx:
            now = self._clock()
            for letter in sending.claim(tx, now, self._name, self._platform, self._bureau.origin, LARGEST_CLAIM):
                state = State.FAILED if letter.message is not None else None
                outbox.settle(tx, now, self._name, {letter.delivery.number: Outcome(state, refusal=refusal)})
                self._settled += 1

    def _send(self, client: httpx2.Client, letter: Letter) -> Outcome:
        try:
            if letter.message is None:
                return self._ask(client, letter.delivery)
            headers = {"Idempotency-Key": letter.key, "Content-Type": "application/json"}
            content = orjson.dumps(dict(letter.message))
            with client.stream("POST", self._push.url, content=content, headers=headers) as response:
                answer = _answer(response)
                retry_after = response.headers.get("retry-after", "")
                return answered(letter.delivery, response.status_code, answer, retry_after, self._check)
        except (httpx2.HTTPError, httpx2.InvalidURL, EndlessAnswer) as error:
            if letter.message is None:
                return Outcome(None)
            return Outcome(State.FAILED, refusal=Conflict("delivery_unanswered", reason=type(error).__name__))

    @property
    def _check(self) -> timedelta | None:
        return None if self._push.status is None else timedelta(minutes=self._push.status_after)

    def _ask(self, client: httpx2.Client, delivery: Delivery) -> Outcome:
        told: Mapping[str, object] = {
            "reference": delivery.reference,
            "version": delivery.version,
            "receipt": delivery.receipt,
        }
        url = self._push.status or self._push.url
        for name, value in told.items():
            url = url.replace(f"{{{name}}}", quote(str(value), safe=""))
        with client.stream("GET", url) as response:
            return told_later(delivery, response.status_code, _answer(response))


def send_all(bureau: Bureau, now: datetime | None = None) -> int:
    """Send once to every platform what is to be sent now, and return how many deliveries came to something."""
    with bureau.read() as tx:
        found = sending.waiting(tx, now or _utc_now(), civil_date(now or _utc_now()))
    return sum(send(bureau, platform, clock=(lambda: now) if now else None) for platform in found)


def _answer(response: httpx2.Response) -> Any:
    """Return the JSON of an answer, None where it has none; raises EndlessAnswer for one that is too large."""
    content = read_bounded(response)
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _headers(settings: Settings, push: Push) -> dict[str, str]:
    """Return the headers of every request; raises what `load_passphrase` raises, which repeats no token."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if push.credential is not None:
        try:
            token = load_passphrase(settings.credentials_folder / push.credential).value.decode("ascii")
        except UnicodeDecodeError:
            token = ""
        if not token or not token.isprintable():
            raise Invalid("platform_credential_unusable", name=push.credential)
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
