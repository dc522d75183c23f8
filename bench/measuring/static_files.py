"""A folder served as static files by the server that Qian runs on: PORT=… python -m measuring.static_files FOLDER."""

import os
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

if __name__ == "__main__":
    app = Starlette(routes=[Mount("/log", StaticFiles(directory=sys.argv[1]))])
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None, access_log=False, server_header=False
    )
