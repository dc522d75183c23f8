"""The trades under supervision (行业)."""

from enum import StrEnum


class Sector(StrEnum):
    """A trade; its value is what files and rows hold."""

    CONSTRUCTION = "建筑施工"
    PROPERTY = "物业服务"
    ESTATE_AGENCY = "房地产经纪"
    GAS = "燃气经营"
    HEATING = "供热"
