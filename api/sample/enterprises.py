"""The sample's enterprises and their ties. A hidden quality, in no file, decides how often each of them goes wrong."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from api.sample.chance import FIRST_DAY, TODAY, below, day_between, happens, one_of, weighted
from scoring.codes import make_uscc

REGION = "130304"
CITY = "样本市样例区"
ENTERPRISES = 2000

SECTORS = {"建筑施工": 34, "物业服务": 26, "房地产经纪": 22, "燃气经营": 8, "供热": 10}
_TRADE = {
    "建筑施工": "建筑工程有限公司",
    "物业服务": "物业服务有限公司",
    "房地产经纪": "房地产经纪有限公司",
    "燃气经营": "燃气有限公司",
    "供热": "供热有限公司",
}
_CAPITAL = {
    "建筑施工": (200, 800, 2000, 5000),
    "物业服务": (50, 100, 300, 500),
    "房地产经纪": (10, 30, 50, 100),
    "燃气经营": (500, 1000, 3000),
    "供热": (500, 1000, 2000, 6000),
}
STREETS = ("样例东街道", "样例西街道", "海滨样例街道", "联峰样例街道", "样例镇", "示范镇", "示范农场")
_SHARED_PARTIES = 40


class Quality(IntEnum):
    GOOD = 0
    FAIR = 1
    WEAK = 2
    BAD = 3


@dataclass(frozen=True)
class Enterprise:
    """One invented enterprise; `last_day` is the last day on which anything happens to it."""

    number: int
    code: str
    name: str
    sector: str
    street: str
    address: str
    established: date
    status: str
    last_day: date
    capital: int
    representative: str
    shareholders: tuple[str, ...]
    quality: Quality

    @property
    def first_day(self) -> date:
        return max(self.established, FIRST_DAY)


def enterprises() -> list[Enterprise]:
    """Return the district's enterprises in the order of their numbers."""
    return [_enterprise(number) for number in range(1, ENTERPRISES + 1)]


def number_of(code: str) -> int:
    """Return the number in an enterprise's code."""
    return int(code[11:16])


def quality_of(number: int) -> Quality:
    """Return the hidden quality of an enterprise."""
    return weighted(
        ((Quality.GOOD, 560), (Quality.FAIR, 260), (Quality.WEAK, 135), (Quality.BAD, 45)), "quality", number
    )


def _enterprise(number: int) -> Enterprise:
    sector = weighted(tuple(SECTORS.items()), "sector", number)
    quality = quality_of(number)
    street = one_of(STREETS, "street", number)
    established = day_between(date(2003, 1, 1), date(2023, 12, 31), "established", number)
    if happens(60, "young", number):
        established = day_between(date(2024, 1, 1), date(2026, 3, 31), "established lately", number)
    status = weighted(_statuses(quality), "status", number)
    ended = status != "存续" and established < date(2022, 1, 1)
    last_day = day_between(date(2022, 6, 1), TODAY, "ended", number) if ended else TODAY
    return Enterprise(
        number=number,
        code=make_uscc(REGION, f"PDY{number:05d}"),
        name=f"{CITY}合成{_TRADE[sector]}{number:04d}号",
        sector=sector,
        street=street,
        address=_address(number, street, quality),
        established=established,
        status=status if ended else "存续",
        last_day=last_day,
        capital=one_of(_CAPITAL[sector], "capital", number),
        representative=_person("representative", number, quality),
        shareholders=tuple(
            sorted(
                {
                    _person("shareholder", number, quality, place)
                    for place in range(1 + below(2, "shareholders", number))
                }
            )
        ),
        quality=quality,
    )


def _statuses(quality: Quality) -> tuple[tuple[str, int], ...]:
    if quality is Quality.BAD:
        return (("存续", 820), ("注销", 40), ("吊销", 90), ("迁出", 10), ("停业", 40))
    return (("存续", 942), ("注销", 35), ("吊销", 1), ("迁出", 8), ("停业", 14))


def _person(role: str, number: int, quality: Quality, place: int = 0) -> str:
    """Return an invented person; few people stand behind many of the worse enterprises."""
    if happens((15, 50, 150, 400)[quality], "shared", role, number, place):
        return f"样例人员S{below(_SHARED_PARTIES, 'shared person', role, number, place):03d}"
    if role == "shareholder" and place == 0:
        return _person("representative", number, quality)
    return f"样例人员{'R' if role == 'representative' else 'H'}{number:04d}"


def _address(number: int, street: str, quality: Quality) -> str:
    """Return an invented address; some are the address of many enterprises at once."""
    if happens((20, 50, 120, 250)[quality], "shared address", number):
        return f"{CITY}{street}集群注册楼{1 + below(3, 'cluster', number)}号"
    return f"{CITY}{street}虚构路{number}号"
