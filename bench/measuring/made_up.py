"""Made-up records by columns: each follows from its number and place alone, so that DuckDB writes millions of them."""

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pyarrow

from scoring.codes import make_uscc

TODAY = date(2026, 11, 23)
RECORDS_EACH = 10
ROWS_AT_ONCE = 100_000

_FIRST_DAY = date(2018, 1, 1)
_LISTS = {
    "days": [(_FIRST_DAY + timedelta(days)).isoformat() for days in range((TODAY - _FIRST_DAY).days)],
    "sectors": ["建筑施工", "物业服务", "房地产经纪", "燃气经营", "供热"],
    "bodies": ["样例市住房和城乡建设局", "样例市市场监督管理局", "样例市应急管理局"],
    "results": ['"no_problem"', '"no_problem"', '"no_problem"', '"unreachable"', '"corrected","not_disclosed"'],
}
# The registration has the place -1. `chance` are 32 bits that look like it.
_MADE = f"""
    CREATE OR REPLACE TEMP TABLE made AS
    WITH turned AS (
        SELECT unnest(range($first, $last)) AS row, row // $each AS owner, row % $each AS turn,
            $start + owner * $step AS number
    ), mixed AS (
        SELECT *, {{place}} AS place, CASE place WHEN -1 THEN 99 ELSE place END AS salt,
            ({0x9E3779B1} * number + {0x85EBCA77} * salt + {0x165667B1}) & {0xFFFFFFFF} AS once,
            (xor(once, once >> 15) * {0x2C1B3C6D}) & {0xFFFFFFFF} AS twice,
            (xor(twice, twice >> 12) * {0x297A2D39}) & {0xFFFFFFFF} AS thrice,
            xor(thrice, thrice >> 15) AS chance
        FROM turned
    )
    SELECT row - $first AS line, $codes[1 + owner - $first // $each] AS code, number, place, place % 10 AS what, chance,
        $days[1 + chance % len($days)] AS day, $bodies[1 + chance % 3] AS inspecting,
        '样例市示范区合成第' || lpad(number::VARCHAR, 7, '0') || '号有限公司' AS name,
        $sectors[1 + chance % 5] AS sector, '示范' || chance % 40 || '街道' AS region,
        '虚构路' || number || '号' AS address,
        (1990 + chance % 35) || '-0' || (1 + chance % 9) || '-1' || chance % 10 AS established,
        CASE chance % 50 WHEN 0 THEN '注销' ELSE '存续' END AS status,
        $results[1 + chance % 5] AS results,
        CASE what WHEN -1 THEN '' ELSE '样例字〔' || day[:4] || '〕' || number || '-' || place || '号' END AS said,
        CASE WHEN what = -1 THEN 'registration'
            WHEN what IN (0, 1) THEN 'licence'
            WHEN what = 2 AND chance % 4 = 0 THEN 'penalty'
            WHEN what = 2 THEN 'confirmation'
            WHEN what IN (3, 4, 5, 6) THEN 'inspection'
            WHEN what = 8 AND chance % 3 = 0 THEN 'breach'
            WHEN what IN (7, 8) THEN 'relation'
            ELSE 'complaint' END AS kind
    FROM mixed
"""
_ENTERPRISES = "SELECT code, name, sector, region, address, established, status FROM made WHERE what = -1"
_RECORDS = """
    SELECT line, kind || '|' || number || '|' || said AS identity, code AS enterprise, kind,
        CASE what WHEN -1 THEN established ELSE day END AS date,
        CASE kind WHEN 'registration' THEN '样例市市场监督管理局' WHEN 'relation' THEN '' ELSE inspecting END AS body,
        said AS number,
        CASE WHEN what = -1 THEN '{"address":"' || address || '","capital":' || (10 + chance % 5000) * 1000000
                || ',"established":"' || established || '","name":"' || name || '","region":"' || region
                || '","sector":"' || sector || '","status":"' || status || '"}'
            WHEN what IN (0, 1) THEN '{"category":"普通","valid_from":"' || day || '","valid_to":"'
                || CASE chance % 3 WHEN 0 THEN '2027-12-31' ELSE '2099-12-31' END || '"}'
            WHEN what = 2 THEN '{"category":"警告、罚款","fine":' || chance % 3000000
                || ',"outcome":"合格","violation":"未按规定公示应当公示的信息"}'
            WHEN what IN (3, 4, 5, 6) THEN '{"follow_up":"none","results":[' || results || '],"type":"双随机抽查"}'
            WHEN what = 7 THEN '{"party":"' || format('{:032x}', chance % 1048576) || '","type":"法定代表人"}'
            WHEN what = 8 AND chance % 3 = 0 THEN '{"reason":"通过登记的住所无法联系","type":"'
                || CASE chance % 9 WHEN 0 THEN '严重违法失信' ELSE '经营异常' END || '"}'
            WHEN what = 8 THEN '{"party":"虚构路' || chance % 500000 || '号","type":"地址"}'
            ELSE '{"matter":"事项' || chance % 7 || '","outcome":"'
                || CASE chance % 2 WHEN 0 THEN '调解' ELSE '属实' END || '"}' END AS content
    FROM made
"""


def code(number: int) -> str:
    """Return the code of an enterprise by its number, from 0."""
    region, body = divmod(number, 99_999)
    return make_uscc(str(130301 + region), f"PDY{body + 1:05d}")


def registered(enterprises: int) -> Iterator[tuple[pyarrow.Table, pyarrow.Table]]:
    """Give the records of so many enterprises, each one's registration before ten others, and the enterprises in them.

    Both are some thousands at a time, and lack what says by which batch they came.
    """
    return _made(range(enterprises), RECORDS_EACH + 1, "turn - 1")


def added(numbers: range, each: int, salt: int) -> Iterator[pyarrow.Table]:
    """Give so many further records of each of some enterprises, none of them a tie; `salt` tells them from others."""
    kinds = "[0, 2, 3, 4, 9]"
    place = f"{salt} + 10 * turn + ({kinds})[1 + (number + turn) % 5]"
    return (records for records, _ in _made(numbers, each, place))


def _made(numbers: range, each: int, place: str) -> Iterator[tuple[pyarrow.Table, pyarrow.Table]]:
    total = len(numbers) * each
    with duckdb.connect() as opened:
        for first in range(0, total, ROWS_AT_ONCE):
            last = min(first + ROWS_AT_ONCE, total)
            codes = [code(number) for number in numbers[first // each : (last - 1) // each + 1]]
            places = {"first": first, "last": last, "each": each, "start": numbers.start, "step": numbers.step}
            opened.execute(_MADE.format(place=place), {**_LISTS, **places, "codes": codes})
            yield opened.sql(_RECORDS).to_arrow_table(), opened.sql(_ENTERPRISES).to_arrow_table()
