"""The site that tests of all routes share."""

from tests.structure.site import site

__all__ = ["site"]
