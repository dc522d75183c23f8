"""How fast the GraphQL API is: what is to be reached stands beside what was found, in one table at the end.

The queries a, b and c from rows in memory, beside other servers (graphql_servers/serving.py); real queries of a bureau,
beside the same written by hand (graphql_servers/queries.py); and how memory grows. Rates by processor time count the
requests that a second of the servers' processors answered: other work on the machine changes them little.

Needs wrk (apt install wrk), for the tails of latencies h2load (apt install nghttp2-client), and for the JavaScript
servers Node and `npm ci` in graphql_servers/; what is not here is said and left out. All of it takes half an hour.

    PYTHONPATH=. python bench/graphql_speed.py [rates|queries|memory …] [--seconds S] [--requests N]
        [--enterprises N] [--engine E]
"""

import argparse
import shutil

from graphql_servers import queries, serving, tails
from measuring.engines import ENGINES
from measuring.targets import Target, show_targets

WHAT = ("rates", "queries", "memory")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=WHAT, default=WHAT, help="all, where none is named")
    parser.add_argument("--seconds", type=int, default=5, help="of each run")
    parser.add_argument("--requests", type=int, default=1_000_000, help="over which memory is to be flat")
    parser.add_argument("--enterprises", type=int, default=100_000, help="of the bureau of real queries")
    parser.add_argument("--engine", choices=ENGINES, action="append")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        print("Nothing is measured: wrk is not here (apt install wrk).")
        return
    reached: list[Target] = []
    for what in given.what:
        match what:
            case "rates":
                reached += serving.measure(given.seconds) + tails.measure(given.seconds)
            case "queries":
                reached += queries.measure(given.engine or list(ENGINES), given.enterprises, given.seconds)
            case _:
                reached += serving.measure_memory(given.requests, given.seconds)
    show_targets(reached)


if __name__ == "__main__":
    main()
