"""What is wrong with how a command was called, in Chinese: what reads the arguments says it in English alone."""

import re
from typing import Final

_OF = r"Invalid value for (?P<what>.+?): "
_FILE = rf"{_OF}\w+ (?P<value>'.*')"
_SAID: Final = tuple(
    (re.compile(english, re.DOTALL), chinese)
    for english, chinese in (
        (r"Missing command\.", "缺少子命令。"),
        (r"Missing \w+ (?P<what>.+?)\.( .*)?", "缺少 {what}。"),
        (r"No such command (?P<what>'.*')\.", "没有命令 {what}。"),
        (r"No such option: (?P<what>\S+)", "没有选项 {what}。"),
        (
            r"No such option: (?P<what>\S+) \(Possible options: (?P<known>.+)\)",
            "没有选项 {what}；相近的选项：{known}。",
        ),
        (r"Got unexpected extra argument\(s\) \((?P<what>.*)\)", "多余的参数：{what}。"),
        (r"Option (?P<what>'.*') requires an argument\.", "选项 {what} 缺少值。"),
        (rf"{_FILE} does not exist\.", "{what}：{value} 不存在。"),
        (rf"{_FILE} is a directory\.", "{what}：{value} 是文件夹，此处须为文件。"),
        (rf"{_FILE} is a file\.", "{what}：{value} 是文件，此处须为文件夹。"),
        (rf"{_FILE} is not readable\.", "{what}：{value} 无法读取。"),
        (
            rf"{_OF}(?:Value error, )?(?P<value>'.*') is not one of (?P<known>.+)\.",
            "{what}：{value} 不是可用的值；可用：{known}。",
        ),
        (rf"{_OF}Input should be a valid integer.*", "{what} 的值应为整数。"),
        (rf"{_OF}(?P<value>.*)", "{what} 的值不可用：{value}"),
        (r"Invalid value: (?P<value>.*)", "参数值不可用：{value}"),
    )
)


def in_chinese(message: str) -> str:
    """Return a message in Chinese, as it is where it says what nobody foresaw."""
    for english, chinese in _SAID:
        if (said := english.fullmatch(message)) is not None:
            return chinese.format_map(said.groupdict())
    return message
