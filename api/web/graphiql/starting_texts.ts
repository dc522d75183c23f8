/** What stands above the first example when a door is opened for the first time; the examples are docs/api.md's. */

export const publicGreeting = `# 公众接口 · The public door
# Ctrl-空格补全，Ctrl-回车执行，文档在左侧书本图标下，示例在其下方图标下。
# Ctrl-Space completes, Ctrl-Enter runs; the documentation
# is under the book, more examples are under the icons below it.

`;

export const staffGreeting = `# 内部接口 · The staff door
# 请在下方 Headers 的 Bearer 之后填入令牌（qian token 签发），
# 再点左下角的刷新图标载入文档；令牌不会保存在浏览器中。
# 示例在左侧图标下，其中 <…> 请换成实际的值。
# Put your token (from: qian token) after Bearer
# under Headers, then reload the documentation with
# the icon at the lower left. It is not kept.
# Examples are under the icons at the left; put values where <…> stand.

`;

export const staffHeaders = `{
  "Authorization": "Bearer "
}
`;
