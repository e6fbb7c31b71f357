"""The public part of the web, for anyone without an account."""

from __future__ import annotations

from flask import Blueprint

from portal.web.public import browsers, files, home, organisations, site_notices, subscriptions
from portal.web.public.archive import feeds, hot, open_files, sitemaps
from portal.web.public.archive.entries import archive_pages
from portal.web.public.blueprint import public_pages
from portal.web.public.disclosure import apply, request_page
from portal.web.public.disclosure import own_data as request_data
from portal.web.public.letters import (
    consent,
    letter,
    lost_code,
    messages,
    my_letters,
    own_data,
    track,
    verifying,
    write,
)
from portal.web.public.letters import record as letter_record
from portal.web.public.pages import standing_pages
from portal.web.public.statistics import open_data, record, refusals, reports
from portal.web.public.statistics.pages import statistics

VIEWS = (
    *(
        apply,
        consent,
        feeds,
        files,
        home,
        hot,
        letter,
        open_data,
        organisations,
        request_page,
        sitemaps,
    ),
    *(
        browsers,
        letter_record,
        lost_code,
        messages,
        my_letters,
        open_files,
        own_data,
        record,
        request_data,
        refusals,
        reports,
        site_notices,
        subscriptions,
        track,
        verifying,
        write,
    ),
)
"""The modules that add their routes to the blueprints."""
public_blueprints: tuple[Blueprint, ...] = (
    public_pages,
    archive_pages,
    standing_pages,
    statistics,
)
