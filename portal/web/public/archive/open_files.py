"""Files of open data by year: the page that lists them, their catalogue, the files themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, render_template, send_file
from werkzeug.exceptions import ServiceUnavailable

from portal.adapters.open_files import complete, read_json, years
from portal.domain.errors import NotFound
from portal.models import db
from portal.services.archive.open_data import FILES, PACKAGE, current
from portal.web.archive.documents import absolute
from portal.web.core.language import one_language
from portal.web.core.people import public
from portal.web.core.safety import limiter
from portal.web.core.settings import settings
from portal.web.delivery.caching import cacheable, revalidated
from portal.web.public.archive.entries import archive_pages

FILE_LIMIT = "120 per minute"
AGAIN = 30
"""Seconds after which the worker has made a file again."""
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class Packaged:
    """The files of a year: their data package."""

    year: int
    package: dict[str, Any]

    @property
    def files(self) -> list[dict[str, Any]]:
        """Name, size in bytes and SHA-256 of each file."""
        return [
            {"name": each["path"], "size": each["bytes"], "digest": each["hash"].split(":")[1]}
            for each in self.package["resources"]
        ]


def _packages() -> list[Packaged]:
    """Return the data packages there are, the latest year first."""
    folder, found = settings().open_data_folder, []
    for year in years(folder):
        place = complete(folder, year)
        package = read_json(place / PACKAGE) if place else None
        if package is not None:
            found.append(Packaged(year, package))
    return found


@archive_pages.get("/open-data")
@public
@cacheable
def open_data() -> str:
    """List the files of each year with their size and checksum."""
    licence = settings().data_licence
    return render_template("public/open_data.html", packages=_packages(), licence=licence)


@archive_pages.get("/open-data/catalog.jsonld")
@public
@one_language
def open_data_catalogue() -> Response:
    """Describe the files to catalogues of open data (DCAT, as JSON-LD)."""
    page = absolute("archive.open_data")
    response = jsonify(
        {
            "@context": _CONTEXT,
            "@id": f"{page}#catalog",
            "@type": "dcat:Catalog",
            "dct:title": settings().site_name,
            "dct:publisher": {"@type": "foaf:Agent", "foaf:name": settings().site_name},
            "dct:license": {"@id": settings().data_licence},
            "dcat:landingPage": {"@id": page},
            "dcat:dataset": [_dataset(each) for each in _packages()],
        }
    )
    response.mimetype = "application/ld+json"
    return revalidated(response)


def _dataset(found: Packaged) -> dict[str, Any]:
    page = absolute("archive.open_data")
    day = {"@type": "xsd:date"}
    return {
        "@id": f"{page}#{found.year}",
        "@type": "dcat:Dataset",
        "dct:identifier": found.package["name"],
        "dct:title": found.package["title"],
        "dct:license": {"@id": settings().data_licence},
        "dct:modified": {"@type": "xsd:dateTime", "@value": found.package["created"]},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {**day, "@value": f"{found.year}-01-01"},
            "dcat:endDate": {**day, "@value": f"{found.year}-12-31"},
        },
        "dcat:distribution": [_distribution(found.year, file) for file in found.files],
    }


def _distribution(year: int, file: dict[str, Any]) -> dict[str, Any]:
    address = absolute("archive.open_data_file", year=year, name=file["name"])
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": file["name"],
        "dct:license": {"@id": settings().data_licence},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": FILES[file["name"]],
        "dcat:byteSize": file["size"],
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": file["digest"],
        },
    }


@archive_pages.get("/open-data/<int:year>/<name>")
@public
@one_language
@limiter.limit(FILE_LIMIT)
def open_data_file(year: int, name: str) -> Response:
    """Send a file; 503 for a moment where an entry in it was corrected or withdrawn.

    A file is made again by the worker; until then nothing of it is given out.
    """
    folder = settings().open_data_folder
    if name not in FILES or complete(folder, year) is None:
        raise NotFound
    place = current(db.session(), folder, year)
    if place is None:
        raise ServiceUnavailable(retry_after=AGAIN)
    response = send_file(place / name, mimetype=FILES[name], etag=f"{place.name}-{name}")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Disposition"] = f"attachment; filename=letters-{year}-{name}"
    return response
