"""The public archive, proposals of publication and problem notices."""
