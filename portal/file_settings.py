"""The settings of files that come with letters and requests; part of :class:`portal.config.Settings`."""

from __future__ import annotations

import re
from importlib.util import find_spec

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings


class FileSettings(BaseSettings):
    """The settings of files."""

    files_most: int = Field(
        default=5,
        ge=0,
        le=20,
        description="Files that may come with a letter, an addition, an answer or a reply; 0: none.",
    )
    file_megabytes: int = Field(
        default=10, ge=1, le=50, description="Megabytes that a file may have."
    )
    scanner: str = Field(
        default="",
        description="Where clamd scans files for viruses: the path of its socket, or host:port. "
        "Empty: files are not scanned.",
    )
    scanner_needed: bool = Field(
        default=True,
        description="Whether files are refused while the scanner is away; else they are taken unscanned.",
    )

    files_url: str = Field(
        default="",
        description="Bucket with the files, such as s3://letters/files; needs the extra s3. Empty: the "
        "instance folder.",
    )
    files_endpoint: str = Field(
        default="", description="Address of the store with that bucket; empty: that of AWS."
    )
    files_region: str = Field(default="us-east-1", description="Region of the bucket.")
    files_key_id: str = Field(
        default="", description="Name of the key for the bucket; empty: what the machine has."
    )
    files_secret: SecretStr = Field(default=SecretStr(""), description="That key.")

    @field_validator("files_url")
    @classmethod
    def _bucket(cls, value: str) -> str:
        if not value:
            return value
        if not re.fullmatch(r"s3://[A-Za-z0-9][A-Za-z0-9._-]{1,62}(/[A-Za-z0-9._/-]*)?", value):
            raise ValueError("must be a bucket such as s3://letters/files")
        if find_spec("obstore") is None:
            raise ValueError("needs the Python package obstore: pip install public-letterbox[s3]")
        return value

    @field_validator("files_endpoint")
    @classmethod
    def _endpoint(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            raise ValueError("must be an address such as https://s3.example.gov")
        return value

    @field_validator("scanner")
    @classmethod
    def _scanner(cls, value: str) -> str:
        if value and not re.fullmatch(
            r"/\S+|[A-Za-z0-9.-]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}", value
        ):
            raise ValueError(
                "must be the path of a socket or host:port, such as /run/clamav/clamd.ctl"
            )
        return value

    @property
    def file_bytes(self) -> int:
        """Bytes that a file may have."""
        return self.file_megabytes * 1_000_000
