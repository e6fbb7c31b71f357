"""Tests of portal.samples."""
