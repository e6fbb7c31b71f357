"""The settings of files that come with letters and requests; part of :class:`portal.config.Settings`."""

from __future__ import annotations

import re

from pydantic import Field, field_validator
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
