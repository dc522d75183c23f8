"""The caller's language, from Accept-Language (RFC 9110, 12.5.4)."""

from functools import lru_cache

from schema.words import Language


@lru_cache(maxsize=256)
def preferred(header: str | None) -> Language:
    """Return the language that the caller likes best of Chinese and English.

    Who states no preference at all is answered in Chinese, who prefers others only, in English.
    """
    best: tuple[float, Language] = (0.0, "en" if header else "zh")
    for part in (header or "").split(","):
        tag, _, quality = part.strip().partition(";")
        language = _language(tag.strip().lower())
        weight = _weight(quality.strip())
        if language is not None and weight > best[0]:
            best = (weight, language)
    return best[1]


def _language(tag: str) -> Language | None:
    if tag == "zh" or tag.startswith("zh-"):
        return "zh"
    return "en" if tag == "en" or tag.startswith("en-") else None


def _weight(quality: str) -> float:
    if not quality:
        return 1.0
    try:
        return float(quality.removeprefix("q="))
    except ValueError:
        return 0.0
