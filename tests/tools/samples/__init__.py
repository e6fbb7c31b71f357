"""Tests of portal.tools.samples."""
