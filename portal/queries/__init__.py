"""The queries of pages, reports and services: everything that only reads the database."""
