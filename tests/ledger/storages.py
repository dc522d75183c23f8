"""Storages of documents' contents for tests: a folder, and a bucket of an S3 server at loopback."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

STORAGES = ("folder", "s3")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "reader",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_REGION": "cn-north-1",
    "AWS_DEFAULT_REGION": "cn-north-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


@contextmanager
def storage_address(kind: str, folder: Path) -> Iterator[str]:
    """Give the setting of an empty storage that vanishes afterwards."""
    if kind == "folder":
        yield f"folder:{folder / 'documents'}"
        return
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL_S3": _s3_server()}.items():
            environment.setenv(name, value)
        region = {"LocationConstraint": ENVIRONMENT["AWS_REGION"]}
        bucket = f"qian-{secrets.token_hex(8)}"
        boto3.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=region)
        yield f"s3://{bucket}/bureau/documents"


@cache
def _s3_server() -> str:
    """Start the one server of this process, whose thread ends with it, and return its address."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"
