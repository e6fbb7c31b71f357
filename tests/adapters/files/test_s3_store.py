"""Files in a bucket, of a store that runs beside the tests."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from portal.adapters.files.s3_store import BucketStore
from portal.adapters.files.store import Area, FileStore, FolderStore, MissingFile, open_store
from portal.config import Settings
from portal.domain.integrity.sealed_files import stored_name

CONTENT = b"what is stored"
NAME = stored_name(CONTENT)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of a store with the bucket ``letters``."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket="letters")
    yield address
    server.stop()


def settings_of(folder: Path, endpoint: str, bucket: str = "letters") -> Settings:
    """Return settings of an instance whose files are in a bucket."""
    return Settings(
        instance=folder,
        files_url=f"s3://{bucket}/files",
        files_endpoint=endpoint,
        files_key_id="key",
        files_secret=SecretStr("secret"),
    )


@pytest.fixture
def store(tmp_path: Path, endpoint: str) -> FileStore:
    """The store that the settings name."""
    return open_store(settings_of(tmp_path, endpoint))


def test_the_setting_chooses_the_store(tmp_path: Path, store: FileStore) -> None:
    """A bucket, or the instance folder without one."""
    assert isinstance(store, BucketStore)
    assert isinstance(open_store(Settings(instance=tmp_path)), FolderStore)


def test_what_was_put_into_the_bucket_is_there_until_it_is_deleted(store: FileStore) -> None:
    """In its area alone, listed with the moment; deleting once more is no error."""
    store.put(Area.PRIVATE, NAME, CONTENT)
    store.put(Area.PRIVATE, NAME, CONTENT)
    assert store.get(Area.PRIVATE, NAME) == CONTENT
    (listed,) = store.names(Area.PRIVATE)
    assert (listed.name, listed.at.tzinfo is not None) == (NAME, True)
    assert list(store.names(Area.PUBLIC)) == []
    with pytest.raises(MissingFile):
        store.get(Area.PUBLIC, NAME)
    store.delete(Area.PRIVATE, NAME)
    store.delete(Area.PRIVATE, NAME)
    with pytest.raises(MissingFile):
        store.get(Area.PRIVATE, NAME)


def test_a_name_in_a_bucket_leads_nowhere_else(store: FileStore) -> None:
    """As in the folder."""
    with pytest.raises(MissingFile):
        store.get(Area.PRIVATE, "../public/x")


def test_a_large_file_comes_back_as_it_was(store: FileStore) -> None:
    """Ten megabytes in one piece."""
    content = bytes(range(256)) * 40_000
    name = stored_name(content)
    store.put(Area.PUBLIC, name, content)
    assert store.get(Area.PUBLIC, name) == content


def test_a_bucket_that_is_not_there_is_an_error_of_the_disk(tmp_path: Path, endpoint: str) -> None:
    """So that forms keep their text and say that files cannot be kept now."""
    missing = open_store(settings_of(tmp_path, endpoint, "nothing-here"))
    with pytest.raises(OSError, match="not found"):
        missing.put(Area.PRIVATE, NAME, CONTENT)


@pytest.mark.parametrize("address", ["letters", "http://letters", "s3://", "s3://a b/c"])
def test_what_names_no_bucket_is_refused(tmp_path: Path, address: str) -> None:
    """At the start, by the name of the setting."""
    with pytest.raises(ValueError, match="files_url"):
        Settings(instance=tmp_path, files_url=address)
