"""`serve`, `work`, `trial`: what runs until it is stopped."""

from typing import Annotated

import typer

from api.command_line.context import load_settings, opened_bureau, output_of
from api.serving import serve_until_stopped, work_until_stopped
from api.sides import BOTH, Side
from api.trial import run_trial


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("work")(work)
    app.command("trial")(trial)


def serve(
    context: typer.Context,
    public: Annotated[bool, typer.Option("--public", help="The public side alone; works no jobs (仅公众侧).")] = False,
    staff: Annotated[bool, typer.Option("--staff", help="The staff side alone (仅内部侧).")] = False,
) -> None:
    """Serve on QIAN_HOST and QIAN_PORT, and work the jobs unless QIAN_WORKER is false (启动服务)."""
    asked = {Side.PUBLIC: public, Side.STAFF: staff}
    sides = {side for side in Side if asked[side]} or BOTH
    with opened_bureau(public=sides == {Side.PUBLIC}) as bureau:
        output_of(context).say("serving", address=bureau.settings.address)
        serve_until_stopped(bureau, sides)


def work(context: typer.Context) -> None:
    """Work the jobs in this process, until it is stopped (启动任务进程)."""
    with opened_bureau() as bureau:
        work_until_stopped(bureau)


def trial(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(envvar="PORT", min=1, max=65535, help="Port to listen on (端口).")] = None,
) -> None:
    """Create the sample bureau, run one whole campaign in it and serve it; started again, serve it at once (试用)."""
    settings = load_settings()
    if port is not None:
        settings = settings.model_copy(update={"port": port})
    run_trial(settings, output_of(context))
