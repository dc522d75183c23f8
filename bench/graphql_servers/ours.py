"""The application of this project as `qian serve` runs it; its public door answers the three queries."""

import atexit
import gc
import shutil
import tempfile
from pathlib import Path

from api import logs, server
from api.bureau import create
from api.settings import Settings
from graphql_servers.types import Query
from schema.building import make_schema

home = tempfile.mkdtemp()
atexit.register(shutil.rmtree, home, ignore_errors=True)
settings = Settings(home=Path(home), caller_cost=10**9, caller_cost_per_second=10**9)
logs.configure("json", settings.log_level)
server.public_schema = make_schema("bench", Query)
app = server.build_app(create(settings, "log.bench/qian", "bench"))
gc.collect()
gc.freeze()
