"""Contents of documents in a store that speaks S3. The only module that imports boto3, which is the extra `s3`.

Endpoint, region, credentials and addressing are the client's own settings: AWS_ENDPOINT_URL_S3, AWS_REGION,
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name.
"""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ledger.errors import Conflict

# Stores other than Amazon's know neither the newer checksums nor trailers.
_CONFIG = Config(
    connect_timeout=10,
    read_timeout=60,
    retries={"mode": "standard", "total_max_attempts": 4},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class S3Storage:
    """Objects of a bucket, named prefix/id. An object that S3 has acknowledged is whole and durable."""

    def __init__(self, bucket: str, prefix: str) -> None:
        """Open a bucket; raises Conflict("storage_failed") where the client's settings are missing or unusable."""
        self.bucket = bucket
        self.prefix = prefix.strip("/")
        try:
            self._client: Any = boto3.client("s3", config=_CONFIG)
        except (BotoCoreError, ValueError) as error:
            raise self._failed(error) from None

    def put(self, key: str, content: bytes) -> None:
        """Keep a content."""
        try:
            self._client.put_object(Bucket=self.bucket, Key=self._name(key), Body=content)
        except (BotoCoreError, ClientError) as error:
            raise self._failed(error) from None

    def get(self, key: str) -> bytes | None:
        """Return a content; None where there is none."""
        try:
            found = self._client.get_object(Bucket=self.bucket, Key=self._name(key))
            content: bytes = found["Body"].read()
        except self._client.exceptions.NoSuchKey:
            return None
        except (BotoCoreError, ClientError) as error:
            raise self._failed(error) from None
        return content

    def delete(self, key: str) -> None:
        """Remove a content, if it is there."""
        try:
            self._client.delete_object(Bucket=self.bucket, Key=self._name(key))
        except (BotoCoreError, ClientError) as error:
            raise self._failed(error) from None

    def _name(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key

    def _failed(self, error: Exception) -> Conflict:
        reason = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        return Conflict("storage_failed", place=f"s3://{self.bucket}/{self.prefix}", reason=reason)
