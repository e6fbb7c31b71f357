"""The settings that say who runs the site: what the foot of every page of a government site names.

They are part of :class:`portal.config.Settings`; what is empty is left out of the page.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

_SITE_CODE = re.compile(r"[a-z]{2}[0-9]{8}|[0-9]{10}")
_ICP = re.compile(r"[\u4e00-\u9fff]ICP[备证][0-9]{6,10}号(-[0-9]{1,4})?")
_POLICE = re.compile(r"[\u4e00-\u9fff]公网安备 ?([0-9]{14})号")


class SiteSettings(BaseSettings):
    """Who runs the site, and under which numbers it is on record."""

    operator_name: str = Field(
        default="", description="Who runs the site (主办单位), at the foot of every page."
    )
    operator_contact: str = Field(
        default="", description="Telephone, address or e-mail of who runs the site."
    )
    site_code: str = Field(default="", description="Code of the government site (网站标识码).")
    icp_number: str = Field(
        default="", description="ICP record number of the site, such as 渝ICP备12345678号-1."
    )
    police_number: str = Field(
        default="", description="Record number of the police, such as 渝公网安备 50010302000001号."
    )
    government_mark_url: str = Field(
        default="",
        description="Address behind the mark of sites of party and government (党政机关).",
    )

    @field_validator("site_code")
    @classmethod
    def _code(cls, value: str) -> str:
        if value and not _SITE_CODE.fullmatch(value):
            raise ValueError("must have ten digits, or two letters and eight digits")
        return value

    @field_validator("icp_number")
    @classmethod
    def _icp(cls, value: str) -> str:
        if value and not _ICP.fullmatch(value):
            raise ValueError("must look like 渝ICP备12345678号-1")
        return value

    @field_validator("police_number")
    @classmethod
    def _police(cls, value: str) -> str:
        if value and not _POLICE.fullmatch(value):
            raise ValueError("must look like 渝公网安备 50010302000001号")
        return value

    @field_validator("government_mark_url")
    @classmethod
    def _mark(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError(
                "must be an address such as https://bszs.conac.cn/sitename?method=show"
            )
        return value

    @property
    def icp_register(self) -> str:
        """The address of the register of ICP numbers."""
        return "https://beian.miit.gov.cn/"

    @property
    def police_register(self) -> str:
        """The address of the record behind the police's number."""
        found = _POLICE.fullmatch(self.police_number)
        return f"https://beian.mps.gov.cn/#/query/webSearch?code={found[1]}" if found else ""
