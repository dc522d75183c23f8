"""drand for tests: published rounds of both chains, a network whose secret is known, and a node's HTTP API."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from sampling.drand import CHAINED_G2, DEFAULT, G1_DOMAIN, G2_DOMAIN, QUICKNET, UNCHAINED_G1, Chain, Round

PUBLISHED = {
    # docs.drand.love/developer/http-api, and rounds 1000 and 1001 of quicknet as its nodes serve them
    QUICKNET: [
        (
            Round(
                1000,
                bytes.fromhex(
                    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
                ),
                None,
            ),
            "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
        ),
        (
            Round(
                1001,
                bytes.fromhex(
                    "b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03f73896b25883abf2853d10337fb8fa41"
                ),
                None,
            ),
            "b0a591ad1b9002cfc372ac6e30abd3da8d3088d4caae026961743474fb94235f",
        ),
    ],
    # docs.drand.love/developer/http-api (5347804); api.drand.sh, as public tests of other projects keep them
    DEFAULT: [
        (
            Round(
                5347804,
                bytes.fromhex(
                    "92daf5745411a415b539caebda0b523fa20d4d12b28eb2fe427decdf5dcc976046a9c83b54f1db991fa191ffca8fcbdc"
                    "07563036664f6ba47dcf00593559286f667574f6b0a2ba0be2683463b5bf3472e5696ac28b75d5b2223dbb98a56c96a3"
                ),
                bytes.fromhex(
                    "b01091c60b2b1a7c1f7a79610cd94e0c06e93bd305cf04229fe1571669257d16583a02e4038fdd755e6c39944b0116e3"
                    "0256874eede733a79c5e72c787db3889a1678c4ea6423b467de56208c5bd8e10cc090b6e0429f7f33653086a089cc3f8"
                ),
            ),
            "a87619810b1b41e70a01b8f903cf69977e026f80d9fd5e4c197c298a96c61cfe",
        ),
        (
            Round(
                3366165,
                bytes.fromhex(
                    "9514585af8f888f54f6f6e784be0ccd973a354f1cee2f5c30077714a4c05392c6c051d53ebe76dcd10012cb011bec921"
                    "00cab52101e46ad7fc8bd1ebdc8279ff1cac85a490aaf783ba6d3cf4658ae6d93a731b487bb046ab191abeb0c977478c"
                ),
                bytes.fromhex(
                    "939e6bd3fb386a847289ca00d10941915a05da184af69cc466c45f13a619126d5c941e5fe4d25dec0ed758dda8dbb41e"
                    "06345a9f7e12191854daa5a9036b09685bd2c3fd69ea255eb38d66c7076966aab65a0954f13ad1f968da9bbe9bca689a"
                ),
            ),
            "c25de9ba2cdf3ac9be2aa74dbf038aa6e84969151d51318946beafaf20f9c30b",
        ),
        (
            Round(
                2098475,
                bytes.fromhex(
                    "84bcb438f4505ef5282804c3d98a76b536970f9755004ea103fc15183c1b314a1e95582cb4dbaf3330272c72fe567555"
                    "0ac6718ef53dfe18fca65c37f223a7dfbc1920a9c32dbf01a227290293a67fa4682dd266f717f5078829d83912926649"
                ),
                bytes.fromhex(
                    "b49ee4089fc510300b38d75ebba84576097bed61c171574acf2557f636c7144b471b57e18e5b0c3f8774e194344931c0"
                    "11873149d0db51fc70d22448bfc264d230be7ed6fcd3eb3b61fdc877d657dfa0d8ecaea6c1fa35f90bc84e88c1af17d4"
                ),
            ),
            "89580f6a639add6c90dcf3d222e35415f89d9ee2cd6ef6fc4f23134cdffa5d1e",
        ),
    ],
}
"""Rounds that the League of Entropy published, with the randomness that it gives for each."""

GENESIS = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())


class Network:
    """A network of one server, so that tests can have any round."""

    def __init__(self, scheme: str = UNCHAINED_G1, name: str = "test network", period: int = 3) -> None:
        digest = hashlib.sha256(name.encode()).digest()
        self._secret = Scalar.from_be_bytes_mod_order(digest)
        key = G2Point() * self._secret if scheme == UNCHAINED_G1 else G1Point() * self._secret
        self.chain = Chain(digest, scheme, bytes(key.to_compressed_bytes()), GENESIS, period)

    def round(self, number: int) -> Round:
        """Sign a round."""
        counted = number.to_bytes(8, "big")
        if self.chain.scheme == CHAINED_G2:
            previous = bytes((G2Point() * Scalar(number)).to_compressed_bytes())
            hashed = G2Point.hash_to_curve(hashlib.sha256(previous + counted).digest(), G2_DOMAIN)
            return Round(number, bytes((hashed * self._secret).to_compressed_bytes()), previous)
        point = G1Point.hash_to_curve(hashlib.sha256(counted).digest(), G1_DOMAIN)
        return Round(number, bytes((point * self._secret).to_compressed_bytes()), None)


def answer(signed: Round) -> dict[str, object]:
    """Return what a node answers for a round."""
    told: dict[str, object] = {
        "round": signed.number,
        "randomness": signed.randomness.hex(),
        "signature": signed.signature.hex(),
    }
    return told if signed.previous is None else {**told, "previous_signature": signed.previous.hex()}


Answer = Callable[[str], tuple[int, dict[str, str], bytes]]
"""From a request's path to status, headers and body."""


def node_of(*rounds: tuple[Chain, Round]) -> Answer:
    """Return a node that has these rounds and no others yet, which it answers as drand's relays do."""
    known = {f"/{chain.hash.hex()}/public/{signed.number}": answer(signed) for chain, signed in rounds}

    def serve(path: str) -> tuple[int, dict[str, str], bytes]:
        if path not in known:
            return 404, {}, b""
        return 200, {"Content-Type": "application/json"}, json.dumps(known[path]).encode()

    return serve


@contextmanager
def served(node: Answer) -> Iterator[str]:
    """Serve a node on this machine while the block runs; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = node(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, _: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
