"""The time-stamping authority that the settings name."""

from cryptography.x509 import Certificate

from api.settings import Settings
from ledger.errors import Invalid
from ledger.timestamp_tokens import TimestampError, read_certificates


def pinned_certificates(settings: Settings) -> tuple[Certificate, ...]:
    """Return the certificates that time-stamps are verified under; none where nothing is stamped.

    Raises Invalid: timestamp_certificates_missing, timestamp_certificates_unusable.
    """
    path = settings.timestamp_certificates
    if path is None:
        if settings.timestamp_url is not None:
            raise Invalid("timestamp_certificates_missing")
        return ()
    try:
        return read_certificates(path.read_bytes())
    except (OSError, TimestampError):
        raise Invalid("timestamp_certificates_unusable", path=path) from None
