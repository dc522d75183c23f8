"""Pictures for evidence, with and without what they tell beside the picture."""

from io import BytesIO

from PIL import Image

MAKER = "SECRET-PHONE-77"


def photograph(kind: str = "JPEG") -> bytes:
    """Return a small picture that tells who took it, where, and a comment."""
    image = Image.new("RGB", (40, 30), (200, 30, 30))
    exif = Image.Exif()
    exif[0x010F] = MAKER
    exif[0x8825] = {1: "N", 2: (39.0, 54.0, 26.0)}
    written = BytesIO()
    image.save(written, kind, exif=exif, **({"comment": MAKER.encode()} if kind == "JPEG" else {}))
    return written.getvalue()
