"""Files in a bucket of any store that speaks S3, by obstore (the extra ``s3``)."""
# obstore is looked for when a bucket is opened: most letterboxes have none.

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from portal.adapters.files.names import Area, MissingFile, Stored, is_name
from portal.config import Settings

TIMEOUT = timedelta(seconds=20)
"""How long one request may take."""
RETRIES = {"max_retries": 2, "retry_timeout": timedelta(seconds=30)}


def open_bucket(settings: Settings) -> BucketStore:
    """Return the store in the bucket that the settings name; its connections are kept."""
    secret = settings.files_secret.get_secret_value()
    return _opened(
        settings.files_url,
        settings.files_endpoint,
        settings.files_region,
        settings.files_key_id,
        secret,
    )


@lru_cache(maxsize=4)
def _opened(url: str, endpoint: str, region: str, key_id: str, secret: str) -> BucketStore:
    address = urlsplit(url)
    obstore = import_module("obstore")
    import_module("obstore.store")
    options = {"endpoint": endpoint, "access_key_id": key_id, "secret_access_key": secret}
    bucket = obstore.store.S3Store(
        address.netloc,
        prefix=address.path.strip("/") or None,
        region=region,
        client_options={"timeout": TIMEOUT, "allow_http": endpoint.startswith("http://")},
        retry_config=RETRIES,
        **{name: value for name, value in options.items() if value},
    )
    return BucketStore(bucket, obstore)


class BucketStore:
    """Files in a bucket: ``private/ab/abcd…`` below the prefix.

    A store that is away is an ``OSError``, as a disk that fails is.
    """

    def __init__(self, bucket: Any, obstore: Any) -> None:
        self._bucket, self._obstore = bucket, obstore

    def put(self, area: Area, name: str, content: bytes) -> None:
        """Store ``content``; the bucket has it whole or not at all."""
        self._call(self._obstore.put, self._path(area, name), content)

    def get(self, area: Area, name: str) -> bytes:
        """Read a file."""
        try:
            return bytes(self._call(self._obstore.get, self._path(area, name)).bytes())
        except FileNotFoundError as error:
            raise MissingFile(name) from error

    def delete(self, area: Area, name: str) -> None:
        """Remove a file."""
        try:
            self._call(self._obstore.delete, self._path(area, name))
        except FileNotFoundError:
            return

    def names(self, area: Area) -> Iterator[Stored]:
        """Return what the bucket has of an area, a thousand at a time."""
        for page in self._call(self._obstore.list, f"{area}/", chunk_size=1_000):
            for each in page:
                yield Stored(each["path"].rpartition("/")[2], each["last_modified"])

    def _call(self, ask: Any, *given: Any, **options: Any) -> Any:
        try:
            return ask(self._bucket, *given, **options)
        except self._obstore.exceptions.NotFoundError as error:
            raise FileNotFoundError from error
        except self._obstore.exceptions.BaseError as error:
            raise OSError(f"the store of files does not answer: {type(error).__name__}") from error

    def _path(self, area: Area, name: str) -> str:
        if not is_name(name):
            raise MissingFile(name)
        return f"{area}/{name[:2]}/{name}"
