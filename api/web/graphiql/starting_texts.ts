/** What the editors hold when a door is opened for the first time. */

export const publicQuery = `# 公众接口 · The public door
# Ctrl-空格补全，Ctrl-回车执行，文档在左侧书本图标下。
# Ctrl-Space completes, Ctrl-Enter runs;
# the documentation is under the book.

query Start {
  __typename
}
`;

export const staffQuery = `# 内部接口 · The staff door
# 请在下方 Headers 的 Bearer 之后填入令牌（qian token 签发），
# 再点左下角的刷新图标载入文档；令牌不会保存在浏览器中。
# Put your token (from: qian token) after Bearer
# under Headers, then reload the documentation with
# the icon at the lower left. It is not kept.

query Start {
  __typename
}
`;

export const staffHeaders = `{
  "Authorization": "Bearer "
}
`;
