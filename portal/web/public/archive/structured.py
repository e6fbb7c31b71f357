"""An entry as structured data of schema.org, which search engines show as question and answer."""

from __future__ import annotations

from typing import Any

from portal.domain.languages import LANGUAGES, SOURCE
from portal.domain.letters.salutation import answer_start
from portal.models import ArchiveEntry
from portal.web.archive.documents import absolute

DESCRIPTION = 160
"""Characters of an answer that stand for it in a list of results."""


def description(entry: ArchiveEntry) -> str:
    """Return the start of the answer as one line."""
    return " ".join(answer_start(entry.reply).split())[:DESCRIPTION]


def qa_page(entry: ArchiveEntry) -> dict[str, Any]:
    """Return the QAPage of ``entry``; the sender is named by nobody and so not here either.

    What the office asked and what the sender added to it are comments on the question.
    """
    address = absolute("archive.entry", entry_id=entry.id)
    office = {
        "@type": "GovernmentOrganization",
        "name": entry.organisation_name,
        "url": absolute("public.organisation", organisation_id=entry.organisation_id),
    }
    comments: list[dict[str, Any]] = []
    if entry.question:
        comments.append({"@type": "Comment", "text": entry.question, "author": office})
    if entry.supplement:
        comments.append({"@type": "Comment", "text": entry.supplement})
    answer = {
        "@type": "Answer",
        "text": entry.reply,
        "dateCreated": entry.answered_on.isoformat(),
        "datePublished": entry.published_at.isoformat(),
        "url": f"{address}#reply",
        "upvoteCount": entry.helpful,
        "author": office,
    }
    return {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "@id": address,
        "inLanguage": LANGUAGES[SOURCE].tag,
        "dateModified": entry.updated_at.isoformat(),
        "mainEntity": {
            "@type": "Question",
            "name": entry.title,
            "text": entry.text,
            "dateCreated": entry.asked_on.isoformat(),
            **({"comment": comments} if comments else {}),
            "answerCount": 1,
            "acceptedAnswer": answer,
        },
    }
