"""The page at /: what this is, in both languages, and where to go. It has no script."""

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from schema.context import Serving

STYLE: Final = (
    "body{max-width:44rem;margin:3rem auto;padding:0 1rem;font:1rem/1.7 sans-serif;color:#222}"
    "h1{font-size:1.6rem}dt{margin-top:.8rem}dd{margin:0}code{background:#f2f2f2;padding:0 .2rem}"
)
POLICY: Final = (
    "default-src 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

LINKS: Final = (
    ("/graphql", "公众查询、咨询与异议接口（GraphQL）", "The public's GraphQL: read, ask, object to findings"),
    ("/schema.graphql", "公众接口的定义（SDL）", "The public schema in its definition language"),
    ("/items.csv", "随机抽查事项清单（CSV，另有 /items.jsonl）", "The list of inspection items; also /items.jsonl"),
    ("/feed.atom", "检查结果公示（Atom）", "Published findings as Atom"),
    ("/feed.json", "检查结果公示（JSON Feed）", "Published findings as JSON Feed"),
    ("/notices.atom", "公告与解读（Atom，另有 /notices.json）", "Notices and explanations; also /notices.json"),
    ("/log/checkpoint", "日志的签名树头", "The ledger's signed checkpoint; its tiles are below /log/tile/"),
    ("/log/vkey", "日志公钥", "The ledger's verifier key"),
    ("/verify.mjs", "核验程序（JavaScript）", "The verifier, one JavaScript module for browsers and Node"),
)
STAFF_LINK: Final = ("/staff/graphql", "内部接口（需令牌）", "The staff's GraphQL, with a token")


def routes(serving: Serving, with_staff: bool) -> list[Route]:
    """Return the route of the page; it links to the staff side where that is served with it."""
    content = _page(serving.bureau.name, (*LINKS, STAFF_LINK) if with_staff else LINKS)

    async def page(request: Request) -> Response:
        return HTMLResponse(content, headers={"Content-Security-Policy": POLICY})

    return [Route("/", page)]


def _page(name: str, linked: Sequence[tuple[str, str, str]]) -> str:
    links = "".join(
        f'<dt><a href="{path}"><code>{path}</code></a></dt><dd lang="zh-CN">{chinese}</dd><dd lang="en">{english}</dd>'
        for path, chinese, english in linked
    )
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>签 Qian — {escape(name)}</title><style>{STYLE}</style>"
        '<link rel="alternate" type="application/atom+xml" href="/feed.atom">'
        '<link rel="alternate" type="application/feed+json" href="/feed.json">'
        f"</head><body><h1>签 Qian — {escape(name)}</h1>"
        '<p lang="zh-CN">双随机、一公开：随机抽取检查对象、随机选派执法检查人员，结果公开。'
        "每次抽查在抽取之前已封存名单并写入公开日志，任何人都可以核对抽取与公示。</p>"
        '<p lang="en">Random inspections whose draw anybody can check: each campaign’s frame is sealed in a public '
        "ledger before the draw, and every published finding shows that its enterprise was fixed in it.</p>"
        f"<dl>{links}</dl></body></html>"
    )
